<section class="panel" id="part-jobs" data-part="jobs" aria-label="Jobs">
<?cs if:subcount(Page.jobs) == #0 ?>
<div class="empty"><?cs call:icon("queue") ?><p>No jobs yet.</p><a class="button primary" href="/files">Choose a file</a></div>
<?cs else ?>
<table class="cards">
<thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">Printer</th><th scope="col" class="number">Progress</th><th scope="col">Started</th><th scope="col" class="number">Time</th></tr></thead>
<tbody><?cs each:job = Page.jobs ?><tr>
<td><a href="/jobs/<?cs var:job.id ?>" dir="auto"><?cs var:job.name ?></a></td>
<td data-label="State"><?cs call:badge(job.words) ?><?cs if:job.hold ?><br><small><?cs var:job.hold ?></small><?cs /if ?></td>
<td data-label="Printer"><?cs if:job.printerId ?><a href="/printers/<?cs var:job.printerId ?>"><?cs var:job.printerName ?></a><?cs else ?>–<?cs /if ?></td>
<td class="number" data-label="Progress"><?cs var:job.progress_text ?></td>
<td data-label="Started"><?cs call:when(job.startedAt, job.startedAt_text) ?></td>
<td class="number" data-label="Time"><?cs if:job.actualTime_text ?><?cs var:job.actualTime_text ?><?cs elif:job.estimatedTime_text ?>about <?cs var:job.estimatedTime_text ?><?cs else ?>–<?cs /if ?></td>
</tr><?cs /each ?></tbody>
</table>
<?cs call:pager() ?>
<?cs /if ?>
</section>
