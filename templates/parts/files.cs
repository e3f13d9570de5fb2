<section class="panel" id="part-files" data-part="files" aria-label="Files">
<?cs if:subcount(Page.files) == #0 ?>
<div class="empty"><?cs call:icon("file") ?><p><?cs if:Page.search ?>No file matches “<?cs var:Page.search ?>”.<?cs else ?>Upload a G-code file to print it.<?cs /if ?></p></div>
<?cs else ?>
<table class="cards">
<thead><tr><th scope="col">Name</th><th scope="col" class="number">Time</th><th scope="col" class="number">Filament</th><th scope="col" class="number">Size</th><th scope="col">Uploaded</th><th scope="col" class="number">Printed</th></tr></thead>
<tbody><?cs each:file = Page.files ?><tr>
<td><a href="/files/<?cs var:file.id ?>" dir="auto"><?cs var:file.originalName ?></a></td>
<td class="number" data-label="Time"><?cs if:file.metadata.estimatedTime_text ?><?cs var:file.metadata.estimatedTime_text ?><?cs else ?>–<?cs /if ?></td>
<td class="number" data-label="Filament"><?cs if:file.metadata.filamentWeight_text ?><?cs var:file.metadata.filamentWeight_text ?><?cs else ?>–<?cs /if ?></td>
<td class="number" data-label="Size"><?cs var:file.fileSize_text ?></td>
<td data-label="Uploaded"><?cs call:when(file.createdAt, file.createdAt_text) ?></td>
<td class="number" data-label="Printed"><?cs var:file.printCount ?> ×</td>
</tr><?cs /each ?></tbody>
</table>
<?cs call:pager() ?>
<?cs /if ?>
</section>
