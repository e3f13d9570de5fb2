<div class="stack" id="part-fleet" data-part="fleet">
<?cs if:subcount(Page.printers) == #0 ?>
<div class="panel empty"><?cs call:icon("fleet") ?><p>No printers yet.</p>
<?cs if:Page.user.admin ?><a class="button primary" href="/printers/new">Add a printer</a><?cs else ?><p>An administrator can add one.</p><?cs /if ?></div>
<?cs else ?>
<div class="row apart">
<div class="counters" role="group" aria-label="Printers by state">
<?cs each:count = Page.counts ?><span class="counter" data-role="<?cs var:count.role ?>"><b><?cs var:count.number ?></b> <?cs var:count.word ?></span><?cs /each ?>
</div>
<?cs if:Page.user.admin ?><a class="button" href="/printers/new"><?cs call:icon("plus") ?>Add a printer</a><?cs /if ?>
</div>
<div class="tiles">
<?cs each:printer = Page.printers ?>
<article class="tile" data-printer="<?cs var:printer.id ?>" aria-labelledby="printer-<?cs var:printer.id ?>">
<div class="row apart"><h2 id="printer-<?cs var:printer.id ?>" dir="auto"><a href="/printers/<?cs var:printer.id ?>"><?cs var:printer.name ?></a></h2><?cs call:badge(printer.words) ?></div>
<?cs if:printer.job.id ?>
<div><span class="wrap"><?cs var:printer.job.name ?></span>
<progress max="100" value="<?cs var:printer.progress ?>" aria-label="Progress of <?cs var:printer.name ?>"><?cs var:printer.progress_text ?></progress>
<div class="row apart"><span class="number"><?cs var:printer.progress_text ?></span><span class="muted number"><?cs if:printer.timeRemaining ?><?cs var:printer.timeRemaining_text ?> left<?cs /if ?></span></div></div>
<?cs elif:printer.reason ?><p class="muted"><?cs var:printer.reason ?></p>
<?cs else ?><p class="muted"><?cs if:printer.connected == #1 ?>Ready for a job.<?cs else ?>Not connected.<?cs /if ?></p>
<?cs /if ?>
<?cs if:printer.connected == #1 ?><dl class="temps"><?cs call:temperature("Nozzle", printer.hotend_text, printer.hotendTarget_text) ?><?cs call:temperature("Bed", printer.bed_text, printer.bedTarget_text) ?></dl><?cs /if ?>
<?cs if:Page.user.operates && printer.attention ?>
<form class="actions" method="post" action="/printers/<?cs var:printer.id ?>/attention-cleared"><?cs call:csrf() ?><button class="button" type="submit">I looked after it<span class="visually-hidden"> (<?cs var:printer.name ?>)</span></button></form>
<?cs elif:Page.user.operates && printer.plate == "occupied" && printer.state == "idle" ?>
<form class="actions" method="post" action="/printers/<?cs var:printer.id ?>/plate-cleared"><?cs call:csrf() ?><button class="button" type="submit">Bed is clear<span class="visually-hidden"> (<?cs var:printer.name ?>)</span></button></form>
<?cs /if ?>
</article>
<?cs /each ?>
</div>
<?cs /if ?>
</div>
