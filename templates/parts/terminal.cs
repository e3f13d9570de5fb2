<div class="console" id="part-terminal" data-part="terminal" role="log" aria-live="off" aria-label="Commands and answers" tabindex="0"><?cs if:subcount(Page.commands) == #0 ?><span class="muted">Nothing has been sent yet.</span><?cs /if ?><?cs each:command = Page.commands ?>&gt; <?cs var:command.text ?>  <span class="muted">(<?cs var:command.status ?>)</span>
<?cs if:command.result ?><?cs var:command.result ?>
<?cs /if ?><?cs if:command.error ?><?cs var:command.error ?>
<?cs /if ?><?cs /each ?></div>
