<?cs include:"layout/head.cs" ?>
<?cs if:Page.user.operates ?>
<form class="panel stack drop" method="post" action="/files?_csrf=<?cs var:url_escape(Page.csrf) ?>" enctype="multipart/form-data" data-upload>
<div class="inline">
<div class="field grow"><label for="file">Upload a file</label><input id="file" name="file" type="file" accept=".gcode,.gco,.g,.stl,.obj,.3mf" required><small>G-code, STL, OBJ or 3MF, up to <?cs var:Page.max_size ?>.</small></div>
<button class="button primary" type="submit"><?cs call:icon("upload") ?>Upload</button>
</div>
<progress max="100" value="0" aria-label="Upload" hidden></progress>
<p class="muted" data-upload-text role="status"></p>
</form>
<?cs /if ?>
<form class="inline" method="get" action="/files" role="search">
<div class="field grow"><label for="search">Find a file</label><input id="search" name="search" type="search" value="<?cs var:Page.search ?>"></div>
<button class="button" type="submit">Find</button>
<?cs if:Page.search ?><a class="button quiet" href="/files">Clear</a><?cs /if ?>
</form>
<?cs include:"parts/files.cs" ?>
<?cs include:"layout/foot.cs" ?>
