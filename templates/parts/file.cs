<div class="columns" id="part-file" data-part="file">
<section class="panel stack" aria-label="File">
<?cs if:Page.file.analysis.refusal.why ?><div class="notice" data-role="danger"><?cs call:icon("alert") ?><div><strong>This file cannot be printed.</strong><br>Line <?cs var:Page.file.analysis.refusal.line ?>: <?cs var:Page.file.analysis.refusal.why ?></div></div><?cs elif:Page.file.metadata.error ?><div class="notice" data-role="danger"><?cs call:icon("alert") ?><div><strong>This file could not be read.</strong><br><?cs var:Page.file.metadata.error ?></div></div><?cs elif:Page.file.analyzed != #1 && Page.file.fileType == "GCODE" ?><div class="notice" data-role="accent"><?cs call:icon("clock") ?><div>The file is being analysed.</div></div><?cs /if ?>
<dl class="facts">
<?cs if:Page.file.metadata.slicer ?><dt>Slicer</dt><dd dir="auto"><?cs var:Page.file.metadata.slicer ?> <?cs var:Page.file.metadata.slicerVersion ?></dd><?cs /if ?>
<?cs if:Page.file.metadata.estimatedTime_text ?><dt>Time</dt><dd><?cs var:Page.file.metadata.estimatedTime_text ?></dd><?cs /if ?>
<?cs if:Page.file.metadata.filamentWeight_text ?><dt>Filament</dt><dd><?cs var:Page.file.metadata.filamentWeight_text ?><?cs if:Page.file.metadata.filamentType ?> of <?cs var:Page.file.metadata.filamentType ?><?cs /if ?></dd><?cs /if ?>
<?cs if:Page.file.metadata.layerCount ?><dt>Layers</dt><dd><?cs var:Page.file.metadata.layerCount ?><?cs if:Page.file.metadata.layerHeight_text ?> of <?cs var:Page.file.metadata.layerHeight_text ?><?cs /if ?></dd><?cs /if ?>
<?cs if:Page.file.metadata.hotendTemp ?><dt>Temperatures</dt><dd>nozzle <?cs var:Page.file.metadata.hotendTemp ?> °C<?cs if:Page.file.metadata.bedTemp ?>, bed <?cs var:Page.file.metadata.bedTemp ?> °C<?cs /if ?></dd><?cs /if ?>
<?cs if:Page.file.metadata.printerModel ?><dt>Made for</dt><dd dir="auto"><?cs var:Page.file.metadata.printerModel ?></dd><?cs /if ?>
<dt>Size</dt><dd><?cs var:Page.file.fileSize_text ?></dd>
<dt>Uploaded</dt><dd><?cs call:when(Page.file.createdAt, Page.file.createdAt_text) ?> by <?cs var:Page.file.user.username ?></dd>
<dt>Printed</dt><dd><?cs var:Page.file.printCount ?> ×</dd>
</dl>
</section>
<?cs if:Page.file.thumbnailUrl ?><section class="panel" aria-label="Picture"><img class="thumb large" src="<?cs var:url_validate(Page.file.thumbnailUrl) ?>" alt="Picture of <?cs var:Page.file.originalName ?>" width="320" height="320" loading="lazy"></section><?cs /if ?>
</div>
