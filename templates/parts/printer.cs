<section class="panel stack" id="part-printer" data-part="printer" aria-label="State">
<div class="row apart"><?cs call:badge(Page.printer.words) ?><span class="muted"><?cs if:Page.printer.updatedAt ?>as of <?cs call:when(Page.printer.updatedAt, Page.printer.updatedAt_text) ?><?cs /if ?></span></div>
<?cs if:Page.printer.error ?><div class="notice" data-role="danger"><?cs call:icon("alert") ?><div><?cs if:Page.printer.errorCode == "PORT" ?><strong>Not connected</strong><br><span dir="auto"><?cs var:Page.printer.error ?>.</span> The server keeps trying.<?cs else ?><strong>The printer reports</strong><br><q dir="auto"><?cs var:Page.printer.error ?></q><?cs /if ?></div></div><?cs /if ?>
<?cs if:Page.printer.attention ?><div class="notice" data-role="warn"><?cs call:icon("alert") ?><div class="stack"><div><strong>The printer needs attention.</strong><br><?cs var:Page.printer.reason ?> No job starts until somebody has looked.</div><?cs if:Page.user.operates ?><form method="post" action="/printers/<?cs var:Page.printer.id ?>/attention-cleared"><?cs call:csrf() ?><button class="button" type="submit">I looked after it</button></form><?cs /if ?></div></div><?cs /if ?>
<?cs if:Page.printer.plate == "occupied" && Page.printer.state == "idle" ?><div class="notice" data-role="ok"><?cs call:icon("check") ?><div class="stack"><div>The last print is still on the bed.</div><?cs if:Page.user.operates ?><form method="post" action="/printers/<?cs var:Page.printer.id ?>/plate-cleared"><?cs call:csrf() ?><button class="button" type="submit">Bed is clear</button></form><?cs /if ?></div></div><?cs /if ?>
<?cs if:Page.printer.connected == #1 ?>
<dl class="temps"><?cs call:temperature("Nozzle", Page.printer.hotend_text, Page.printer.hotendTarget_text) ?><?cs call:temperature("Bed", Page.printer.bed_text, Page.printer.bedTarget_text) ?>
<?cs if:Page.printer.x_text ?><div><dt>Position</dt><dd class="number">X <?cs var:Page.printer.x_text ?> · Y <?cs var:Page.printer.y_text ?> · Z <?cs var:Page.printer.z_text ?></dd></div><?cs /if ?></dl>
<?cs elif:Page.printer.reason || Page.printer.errorCode != "PORT" ?><p class="muted"><?cs if:Page.printer.reason ?><?cs var:Page.printer.reason ?><?cs else ?>Not connected. The server keeps trying.<?cs /if ?></p><?cs /if ?>
<?cs if:Page.printer.job.id ?>
<div class="stack">
<div class="row apart"><h2><a href="/jobs/<?cs var:Page.printer.job.id ?>"><?cs var:Page.printer.job.name ?></a></h2><span class="big"><?cs var:Page.printer.progress_text ?></span></div>
<progress max="100" value="<?cs var:Page.printer.progress ?>" aria-label="Progress"><?cs var:Page.printer.progress_text ?></progress>
<div class="row muted number"><?cs if:Page.printer.layers ?><span>Layer <?cs var:Page.printer.layer ?> of <?cs var:Page.printer.layers ?></span><?cs /if ?><?cs if:Page.printer.timeElapsed ?><span><?cs var:Page.printer.timeElapsed_text ?> printed</span><?cs /if ?><?cs if:Page.printer.timeRemaining ?><span><?cs var:Page.printer.timeRemaining_text ?> left</span><?cs /if ?></div>
<?cs if:Page.printer.job.hold ?><p><?cs var:Page.printer.job.hold ?></p><?cs /if ?>
<?cs if:Page.user.operates ?><div class="actions">
<?cs if:Page.printer.job.can_pause == #1 ?><form method="post" action="/jobs/<?cs var:Page.printer.job.id ?>/pause"><?cs call:csrf() ?><button class="button" type="submit"><?cs call:icon("pause") ?>Pause</button></form><?cs /if ?>
<?cs if:Page.printer.job.can_resume == #1 ?><form method="post" action="/jobs/<?cs var:Page.printer.job.id ?>/resume"><?cs call:csrf() ?><?cs if:Page.printer.job.interrupted == #1 ?><input type="hidden" name="confirm" value="true"><?cs /if ?><button class="button primary" type="submit"><?cs call:icon("play") ?><?cs if:Page.printer.job.interrupted == #1 ?>I looked: resume<?cs else ?>Resume<?cs /if ?></button></form><?cs /if ?>
<?cs if:Page.printer.job.can_cancel == #1 ?><a class="button danger" href="/jobs/<?cs var:Page.printer.job.id ?>/cancel"><?cs call:icon("cross") ?>Cancel print</a><?cs /if ?>
</div><?cs /if ?>
</div>
<?cs elif:Page.printer.connected == #1 ?><p class="muted">No job. <a href="/files">Choose a file to print.</a></p><?cs /if ?>
</section>
