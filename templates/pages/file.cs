<?cs include:"layout/head.cs" ?>
<?cs include:"parts/file.cs" ?>
<?cs if:Page.user.operates && Page.file.fileType == "GCODE" ?>
<section class="panel stack" aria-labelledby="print"><h2 id="print">Print on…</h2>
<?cs if:subcount(Page.printers) == #0 ?><p class="muted">There is no printer yet.</p><?cs else ?>
<form class="inline" method="post" action="/files/<?cs var:Page.file.id ?>/print">
<?cs call:csrf() ?><?cs call:once() ?>
<div class="field grow"><label for="printer">Printer</label><select id="printer" name="printer" required><?cs each:printer = Page.printers ?><option value="<?cs var:printer.id ?>"<?cs if:printer.ready != #1 ?> disabled<?cs /if ?>><?cs var:printer.name ?> – <?cs var:printer.words.word ?></option><?cs /each ?></select></div>
<button class="button primary" type="submit"><?cs call:icon("play") ?>Print</button>
</form>
<small>Printing means: you have looked and the bed is clear.</small>
<form class="inline" method="post" action="/files/<?cs var:Page.file.id ?>/queue">
<?cs call:csrf() ?><?cs call:once() ?>
<div class="field grow"><label for="where">Queue for</label><select id="where" name="where" required><option value="any">any printer that fits</option><?cs each:group = Page.groups ?><option value="group <?cs var:group.id ?>">group <?cs var:group.name ?></option><?cs /each ?><?cs each:printer = Page.printers ?><option value="printer <?cs var:printer.id ?>"><?cs var:printer.name ?></option><?cs /each ?></select></div>
<div class="field"><label for="copies">Copies</label><input id="copies" name="copies" type="number" min="1" max="1000" value="1" inputmode="numeric"></div>
<div class="field"><label for="priority">Priority</label><select id="priority" name="priority"><option value="low">low</option><option value="normal" selected>normal</option><option value="high">high</option><option value="urgent">urgent</option></select></div>
<button class="button" type="submit"><?cs call:icon("queue") ?>Add to queue</button>
</form><?cs /if ?>
</section><?cs /if ?>
<div class="actions"><a class="button" href="/files/<?cs var:Page.file.id ?>/download"><?cs call:icon("download") ?>Download</a><?cs if:Page.file.can_delete == #1 ?><a class="button danger" href="/files/<?cs var:Page.file.id ?>/delete"><?cs call:icon("trash") ?>Delete</a><?cs /if ?></div>
<?cs include:"layout/foot.cs" ?>
