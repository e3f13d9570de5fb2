<?cs include:"layout/head.cs" ?>
<section class="panel stack">
<h2>Stop <?cs var:Page.printer.name ?> at once?</h2>
<p>The printer stops moving and heating and must be restarted. A running print is lost. Software is not a safety device: if there is danger, cut the power.</p>
<form class="actions" method="post" action="/printers/<?cs var:Page.printer.id ?>/stop">
<input type="hidden" name="ticket" value="<?cs var:Page.stop_ticket ?>">
<button class="button stop" type="submit"><?cs call:icon("stop") ?>Emergency stop</button>
<a class="button" href="/printers/<?cs var:Page.printer.id ?>">Back</a>
</form>
</section>
<?cs include:"layout/foot.cs" ?>
