<?cs include:"layout/bare_head.cs" ?>
<script type="module" src="/static/js/app.js?v=<?cs var:url_escape(Page.version) ?>"></script>
</head>
<body data-csrf="<?cs var:Page.csrf ?>">
<a class="skip" href="#main">Skip to content</a>
<div class="shell">
<header class="top">
<h1 dir="auto"><?cs var:Page.title ?></h1>
<span class="grow"></span>
<?cs if:Page.printer.id && Page.user.operates ?><a class="button stop" href="/printers/<?cs var:Page.printer.id ?>/stop" data-stop="<?cs var:Page.stop_ticket ?>" data-printer="<?cs var:Page.printer.id ?>"><?cs call:icon("stop") ?>Emergency stop</a><?cs /if ?>
<span class="live" id="live" data-state="off" hidden>live</span>
</header>
<aside class="side" aria-label="Side bar">
<a class="brand" href="/"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#mark"></use></svg>platen</a>
<nav class="nav" aria-label="Main">
<?cs def:entry(href, section, label, symbol) ?><a href="/<?cs var:href ?>"<?cs if:Page.section == section ?> aria-current="page"<?cs /if ?>><?cs call:icon(symbol) ?><?cs var:label ?></a><?cs /def ?>
<?cs call:entry("", "fleet", "Fleet", "fleet") ?>
<?cs call:entry("queue", "queue", "Queue", "queue") ?>
<?cs call:entry("jobs", "jobs", "Jobs", "clock") ?>
<?cs call:entry("files", "files", "Files", "file") ?>
</nav>
<form method="post" action="/sign-out" class="who">
<span><strong><?cs var:Page.user.name ?></strong><br><small><?cs if:Page.user.admin ?>administrator<?cs elif:Page.user.operates ?>operator<?cs else ?>viewer<?cs /if ?></small></span>
<?cs call:csrf() ?>
<button class="button" type="submit">Sign out</button>
</form>
</aside>
<main id="main" tabindex="-1">
<div class="stack">
<?cs if:Page.insecure == #1 ?><?cs if:Page.warn_insecure ?><div class="notice" data-role="warn"><?cs call:icon("alert") ?><div>This connection is not encrypted. Use HTTPS when the server is reached over a network you do not trust.</div></div><?cs /if ?><?cs /if ?>
<?cs if:Page.daemons == #0 ?><div class="notice" data-role="accent"><?cs call:icon("alert") ?><div>This server runs without background programs: serial printers, live updates and cameras are off. Pages that change load again by themselves.</div></div><?cs /if ?>
<?cs call:problem() ?>
