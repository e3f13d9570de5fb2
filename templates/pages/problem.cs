<?cs include:"layout/bare_head.cs" ?>
</head>
<body>
<main class="sign-in" id="main">
<div class="brand"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#mark"></use></svg>platen</div>
<section class="panel stack">
<h1><?cs var:Page.title ?></h1>
<p><?cs var:Page.problem ?></p>
<p class="muted"><small>Reference <?cs var:Page.request_id ?></small></p>
<div class="actions"><a class="button primary" href="/">To the fleet</a></div>
</section>
</main>
</body>
</html>
