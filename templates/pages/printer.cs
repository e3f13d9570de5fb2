<?cs set:Page.refresh = "15" ?><?cs include:"layout/head.cs" ?>
<div class="columns">
<div class="stack">
<?cs include:"parts/printer.cs" ?>
<?cs if:Page.user.operates ?>
<section class="panel stack" aria-labelledby="control">
<h2 id="control">Control</h2>
<?cs if:Page.printer.busy == #1 ?><p class="muted">While a job runs only temperatures can be changed.</p><?cs /if ?>
<form class="inline" method="post" action="/printers/<?cs var:Page.printer.id ?>/temperature">
<?cs call:csrf() ?>
<div class="field"><label for="hotend">Nozzle, °C</label><input id="hotend" name="hotend" type="number" min="0" max="300" step="1" inputmode="numeric" placeholder="unchanged"></div>
<div class="field"><label for="bed">Bed, °C</label><input id="bed" name="bed" type="number" min="0" max="120" step="1" inputmode="numeric" placeholder="unchanged"></div>
<button class="button" type="submit">Set temperatures</button>
</form>
<?cs if:Page.printer.busy != #1 ?>
<form class="stack" method="post" action="/printers/<?cs var:Page.printer.id ?>/move">
<?cs call:csrf() ?>
<fieldset class="field"><legend>Step</legend><div class="row">
<label><input type="radio" name="step" value="0.1"> 0.1 mm</label><label><input type="radio" name="step" value="1"> 1 mm</label><label><input type="radio" name="step" value="10" checked> 10 mm</label><label><input type="radio" name="step" value="100"> 100 mm</label>
</div></fieldset>
<div class="jog" role="group" aria-label="Move">
<button class="button" name="go" value="X-" type="submit">X −</button><button class="button" name="go" value="X+" type="submit">X +</button>
<button class="button" name="go" value="Y-" type="submit">Y −</button><button class="button" name="go" value="Y+" type="submit">Y +</button>
<button class="button" name="go" value="Z-" type="submit">Z −</button><button class="button" name="go" value="Z+" type="submit">Z +</button>
<button class="button" name="go" value="E-" type="submit">E −</button><button class="button" name="go" value="E+" type="submit">E +</button>
</div>
</form>
<form class="actions" method="post" action="/printers/<?cs var:Page.printer.id ?>/home">
<?cs call:csrf() ?>
<button class="button" name="axes" value="all" type="submit"><?cs call:icon("home") ?>Home all</button>
<button class="button" name="axes" value="X" type="submit">Home X</button><button class="button" name="axes" value="Y" type="submit">Home Y</button><button class="button" name="axes" value="Z" type="submit">Home Z</button>
</form>
<?cs /if ?>
</section>
<section class="panel stack" aria-labelledby="terminal">
<h2 id="terminal">Terminal</h2>
<?cs include:"parts/terminal.cs" ?>
<form class="inline" method="post" action="/printers/<?cs var:Page.printer.id ?>/command">
<?cs call:csrf() ?>
<div class="field grow"><label for="command">G-code</label><input id="command" name="command" maxlength="100" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="M105" required></div>
<button class="button" type="submit">Send</button>
</form>
</section>
<?cs /if ?>
</div>
<div class="stack">
<section class="panel" aria-labelledby="facts"><h2 id="facts">Printer</h2>
<dl class="facts">
<?cs if:Page.printer.brand || Page.printer.model ?><dt>Model</dt><dd><?cs var:Page.printer.brand ?> <?cs var:Page.printer.model ?></dd><?cs /if ?>
<?cs if:Page.printer.firmware ?><dt>Firmware</dt><dd dir="auto"><?cs var:Page.printer.firmware ?></dd><?cs /if ?>
<?cs if:Page.printer.device ?><dt>Connection</dt><dd><?cs var:Page.printer.device ?><?cs if:Page.printer.baud ?>, <?cs var:Page.printer.baud ?> baud<?cs /if ?></dd><?cs /if ?>
<?cs if:Page.printer.volume ?><dt>Volume</dt><dd><?cs var:Page.printer.volume ?></dd><?cs /if ?>
<?cs if:Page.printer.location ?><dt>Place</dt><dd><?cs var:Page.printer.location ?></dd><?cs /if ?>
</dl></section>
<section class="panel" aria-labelledby="recent"><h2 id="recent">Last jobs</h2>
<?cs if:subcount(Page.jobs) == #0 ?><p class="muted">Finished prints appear here.</p><?cs else ?>
<ul class="stack"><?cs each:job = Page.jobs ?><li class="row apart"><a href="/jobs/<?cs var:job.id ?>" class="wrap"><?cs var:job.name ?></a><?cs call:badge(job.words) ?></li><?cs /each ?></ul><?cs /if ?>
</section>
</div>
</div>
<?cs include:"layout/foot.cs" ?>
