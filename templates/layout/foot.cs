</div>
</main>
<nav class="bottom" aria-label="Main, bottom">
<a href="/"<?cs if:Page.section == "fleet" ?> aria-current="page"<?cs /if ?>><?cs call:icon("fleet") ?>Fleet</a>
<a href="/queue"<?cs if:Page.section == "queue" ?> aria-current="page"<?cs /if ?>><?cs call:icon("queue") ?>Queue</a>
<a href="/jobs"<?cs if:Page.section == "jobs" ?> aria-current="page"<?cs /if ?>><?cs call:icon("clock") ?>Jobs</a>
<a href="/files"<?cs if:Page.section == "files" ?> aria-current="page"<?cs /if ?>><?cs call:icon("file") ?>Files</a>
<form method="post" action="/sign-out"><?cs call:csrf() ?><button type="submit"><?cs call:icon("out") ?>Sign out</button></form>
</nav>
</div>
<div class="toasts" id="toasts" role="status" aria-live="polite"></div>
</body>
</html>
