<?cs include:"layout/head.cs" ?>
<?cs include:"parts/file.cs" ?>
<?cs if:Page.user.operates && Page.file.fileType == "GCODE" ?>
<section class="panel stack" aria-labelledby="print"><h2 id="print">Print on…</h2>
<?cs if:subcount(Page.printers) == #0 ?><p class="muted">There is no printer yet.</p><?cs else ?>
<form class="inline" method="post" action="/files/<?cs var:Page.file.id ?>/print">
<?cs call:csrf() ?>
<div class="field grow"><label for="printer">Printer</label><select id="printer" name="printer" required><?cs each:printer = Page.printers ?><option value="<?cs var:printer.id ?>"<?cs if:printer.ready != #1 ?> disabled<?cs /if ?>><?cs var:printer.name ?> – <?cs var:printer.words.word ?></option><?cs /each ?></select></div>
<button class="button primary" type="submit"><?cs call:icon("play") ?>Print</button>
</form>
<small>Printing means: you have looked and the bed is clear.</small><?cs /if ?>
</section><?cs /if ?>
<div class="actions"><a class="button" href="/files/<?cs var:Page.file.id ?>/download"><?cs call:icon("download") ?>Download</a><?cs if:Page.file.can_delete == #1 ?><a class="button danger" href="/files/<?cs var:Page.file.id ?>/delete"><?cs call:icon("trash") ?>Delete</a><?cs /if ?></div>
<?cs include:"layout/foot.cs" ?>
