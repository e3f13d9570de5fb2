<section class="panel" id="part-queue" data-part="queue" aria-label="Queue">
<?cs def:act(verb, label, symbol, name) ?><form method="post" action="/jobs/<?cs var:job.id ?>/<?cs var:verb ?>"><?cs call:csrf() ?><button class="button quiet" type="submit"><?cs call:icon(symbol) ?><?cs var:label ?><span class="visually-hidden"> <?cs var:name ?></span></button></form><?cs /def ?>
<?cs def:shift(field, value, label) ?><form method="post" action="/jobs/<?cs var:job.id ?>/move"><?cs call:csrf() ?><input type="hidden" name="<?cs var:field ?>" value="<?cs var:value ?>"><button class="button quiet" type="submit"><?cs var:label ?><span class="visually-hidden"> <?cs var:job.file.originalName ?></span></button></form><?cs /def ?>
<?cs if:subcount(Page.jobs) == #0 ?>
<div class="empty"><?cs call:icon("queue") ?><p>Nothing waits.</p><a class="button primary" href="/files">Choose a file</a></div>
<?cs else ?>
<table class="cards">
<thead><tr><th scope="col" class="number">No.</th><th scope="col">Job</th><th scope="col">For</th><th scope="col">Needs</th><th scope="col">Why it waits</th><th scope="col" class="number">Estimate</th><?cs if:Page.user.operates ?><th scope="col">Actions</th><?cs /if ?></tr></thead>
<tbody><?cs each:job = Page.jobs ?><tr>
<td class="number" data-label="No."><?cs var:job.number ?></td>
<td data-label="Job"><div><a href="/jobs/<?cs var:job.id ?>" dir="auto"><?cs var:job.file.originalName ?></a><?cs if:job.copies > #1 ?> × <?cs var:job.copies ?><?cs /if ?><?cs if:job.priority != "normal" ?><br><span class="badge" data-role="<?cs if:job.priority == "low" ?>offline<?cs else ?>accent<?cs /if ?>"><?cs var:job.priority ?></span><?cs /if ?></div></td>
<td data-label="For"><?cs if:job.target == "any" ?>any printer that fits<?cs elif:job.target == "group" ?>group <?cs var:job.groupName ?><?cs elif:job.printerId ?><a href="/printers/<?cs var:job.printerId ?>"><?cs var:job.printerName ?></a><?cs else ?>–<?cs /if ?></td>
<td data-label="Needs" dir="auto"><?cs if:job.needs.material ?><?cs var:job.needs.material ?> <?cs /if ?><?cs if:job.needs.nozzle ?><?cs var:job.needs.nozzle ?> mm <?cs /if ?><?cs if:job.needs.model ?><?cs var:job.needs.model ?><?cs /if ?><?cs if:!job.needs.material && !job.needs.nozzle && !job.needs.model ?>–<?cs /if ?></td>
<td data-label="Reason"><div><?cs call:badge(job.words) ?><br><small><?cs var:job.holdText ?></small></div></td>
<td class="number" data-label="Estimate"><?cs if:job.estimatedTime_text ?><?cs var:job.estimatedTime_text ?><?cs else ?>–<?cs /if ?></td>
<?cs if:Page.user.operates ?><td ><div class="actions">
<?cs if:job.ready == #1 ?><form method="post" action="/jobs/<?cs var:job.id ?>/start"><?cs call:csrf() ?><button class="button primary" type="submit"><?cs call:icon("play") ?>Start<span class="visually-hidden"> <?cs var:job.file.originalName ?></span></button></form><?cs /if ?>
<?cs if:job.held == #1 ?><?cs call:act("release", "Release", "play", job.file.originalName) ?><?cs else ?><?cs call:act("hold", "Hold", "pause", job.file.originalName) ?><?cs /if ?>
<?cs if:job.above ?><?cs call:shift("before", job.above, "Up") ?><?cs /if ?><?cs if:job.below ?><?cs call:shift("after", job.below, "Down") ?><?cs /if ?><?cs if:job.number > #1 ?><?cs call:shift("to", "top", "To top") ?><?cs /if ?>
</div></td><?cs /if ?>
</tr><?cs /each ?></tbody>
</table>
<?cs call:pager() ?>
<?cs /if ?>
</section>
