<?cs include:"layout/head.cs" ?>
<section class="panel stack">
<h2><?cs var:Page.question ?></h2>
<p><?cs var:Page.consequence ?></p>
<form class="actions" method="post" action="<?cs var:url_validate(Page.act) ?>">
<?cs call:csrf() ?>
<button class="button danger" type="submit"><?cs var:Page.verb ?></button>
<a class="button" href="<?cs var:url_validate(Page.back) ?>" autofocus>Back</a>
</form>
</section>
<?cs include:"layout/foot.cs" ?>
