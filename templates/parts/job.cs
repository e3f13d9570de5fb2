<div class="columns" id="part-job" data-part="job">
<div class="stack">
<section class="panel stack" aria-label="State">
<div class="row apart"><?cs call:badge(Page.job.words) ?><span class="big"><?cs var:Page.job.progress_text ?></span></div>
<progress max="100" value="<?cs var:Page.job.progress ?>" aria-label="Progress"><?cs var:Page.job.progress_text ?></progress>
<?cs if:Page.job.hold ?><p><?cs var:Page.job.hold ?></p><?cs /if ?>
<?cs if:Page.job.errorMessage ?><div class="notice" data-role="danger"><?cs call:icon("alert") ?><div dir="auto"><?cs var:Page.job.errorMessage ?></div></div><?cs /if ?>
<?cs if:Page.user.operates ?><div class="actions">
<?cs if:Page.job.can_pause == #1 ?><form method="post" action="/jobs/<?cs var:Page.job.id ?>/pause"><?cs call:csrf() ?><button class="button" type="submit"><?cs call:icon("pause") ?>Pause</button></form><?cs /if ?>
<?cs if:Page.job.can_resume == #1 ?><form method="post" action="/jobs/<?cs var:Page.job.id ?>/resume"><?cs call:csrf() ?><?cs if:Page.job.interrupted == #1 ?><input type="hidden" name="confirm" value="true"><?cs /if ?><button class="button primary" type="submit"><?cs call:icon("play") ?><?cs if:Page.job.interrupted == #1 ?>I looked: resume<?cs else ?>Resume<?cs /if ?></button></form><?cs /if ?>
<?cs if:Page.job.can_cancel == #1 ?><a class="button danger" href="/jobs/<?cs var:Page.job.id ?>/cancel"><?cs call:icon("cross") ?>Cancel print</a><?cs /if ?>
<?cs if:Page.job.can_again == #1 ?><form method="post" action="/jobs/<?cs var:Page.job.id ?>/requeue"><?cs call:csrf() ?><button class="button" type="submit"><?cs call:icon("queue") ?>Queue again</button></form><a class="button" href="/files/<?cs var:Page.job.fileId ?>">Print again</a><?cs /if ?>
</div><?cs /if ?>
</section>
<section class="panel" aria-labelledby="history"><h2 id="history">History</h2>
<?cs if:subcount(Page.events) == #0 ?><p class="muted">Nothing has happened yet.</p><?cs /if ?>
<ol class="events"><?cs each:event = Page.events ?><li><?cs call:when(event.timestamp, event.timestamp_text) ?><span><?cs if:event.severity == "ERROR" || event.severity == "CRITICAL" ?><span class="badge" data-role="danger"><?cs call:icon("alert") ?><span class="visually-hidden">Error: </span></span> <?cs /if ?><?cs var:event.message ?></span></li><?cs /each ?></ol>
</section>
</div>
<section class="panel" aria-labelledby="facts"><h2 id="facts">Job</h2>
<dl class="facts">
<dt>File</dt><dd><?cs if:Page.job.fileId ?><a href="/files/<?cs var:Page.job.fileId ?>" dir="auto"><?cs var:Page.job.name ?></a><?cs else ?><?cs var:Page.job.name ?><?cs /if ?></dd>
<dt>Printer</dt><dd><?cs if:Page.job.printerId ?><a href="/printers/<?cs var:Page.job.printerId ?>"><?cs var:Page.job.printerName ?></a><?cs else ?>none yet<?cs /if ?></dd>
<?cs if:Page.job.user.username ?><dt>By</dt><dd><?cs var:Page.job.user.username ?></dd><?cs /if ?>
<dt>Created</dt><dd><?cs call:when(Page.job.createdAt, Page.job.createdAt_text) ?></dd>
<dt>Started</dt><dd><?cs call:when(Page.job.startedAt, Page.job.startedAt_text) ?></dd>
<dt>Finished</dt><dd><?cs call:when(Page.job.completedAt, Page.job.completedAt_text) ?></dd>
<?cs if:Page.job.estimatedTime_text ?><dt>Estimate</dt><dd><?cs var:Page.job.estimatedTime_text ?></dd><?cs /if ?>
<?cs if:Page.job.actualTime_text ?><dt>Real time</dt><dd><?cs var:Page.job.actualTime_text ?></dd><?cs /if ?>
<?cs if:Page.job.filamentUsed_text ?><dt>Filament</dt><dd><?cs var:Page.job.filamentUsed_text ?></dd><?cs /if ?>
<?cs if:Page.job.totalLayers ?><dt>Layer</dt><dd><?cs var:Page.job.currentLayer ?> of <?cs var:Page.job.totalLayers ?></dd><?cs /if ?>
<?cs if:Page.job.notes ?><dt>Notes</dt><dd dir="auto"><?cs var:Page.job.notes ?></dd><?cs /if ?>
</dl>
</section>
</div>
