<?cs include:"layout/bare_head.cs" ?>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<div class="docs">
<nav class="docs-side" aria-label="Operations">
<a class="brand" href="/"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#mark"></use></svg>platen</a>
<?cs each:group = Page.tags ?>
<details<?cs if:name(group) == "0" ?> open<?cs /if ?>>
<summary><?cs var:group.tag ?></summary>
<ul class="docs-list">
<?cs each:op = group.operations ?><li><a href="#<?cs var:op.anchor ?>"><code class="method"><?cs var:op.method ?></code> <?cs var:op.path ?></a></li>
<?cs /each ?>
</ul>
</details>
<?cs /each ?>
</nav>
<main id="main" class="stack" tabindex="-1">
<h1>The API of this server</h1>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>, <a href="/api/openapi.yaml">openapi.yaml</a> (OpenAPI 3.0). Two families of paths share one model. Paths that begin with <code>/api/printers</code>, <code>/api/print-jobs</code>, <code>/api/printer-commands</code>, <code>/api/printer-status</code> and <code>/api/products</code> answer bare rows and name their <code>organizationId</code> in every call; refusals are <code>{"error"}</code>. All others wrap their answers in <code>{"success", "data"}</code> and take the organisation from the token.</p>
<p>Every call but the open ones carries <code>Authorization: Bearer</code> and the access token of <a href="#post_api_auth_login">POST /api/auth/login</a>. Wherever GET is answered, HEAD is. Beside what an operation lists, it can answer 400, 401, 403, 404, 405, 413, 415, 429, 500 and 503 in the form of its family.</p>
<?cs each:group = Page.tags ?>
<section class="stack" aria-labelledby="tag-<?cs var:group.tag ?>">
<h2 id="tag-<?cs var:group.tag ?>"><?cs var:group.tag ?></h2>
<?cs each:op = group.operations ?>
<article class="panel stack" id="<?cs var:op.anchor ?>">
<h3 class="wrap"><code class="method"><?cs var:op.method ?></code> <code><?cs var:op.path ?></code></h3>
<p><?cs var:op.summary ?>.</p>
<p class="muted">Who: <?cs var:op.who ?>.<?cs if:op.rate ?> Rate class: <?cs var:op.rate ?>.<?cs /if ?></p>
<?cs if:subcount(op.fields) > #0 ?>
<div class="scroll" tabindex="0" role="region" aria-label="Input of <?cs var:op.method ?> <?cs var:op.path ?>">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Kind</th><th scope="col">Limits</th></tr></thead>
<tbody>
<?cs each:f = op.fields ?><tr><td><code><?cs var:f.field ?></code><?cs if:f.required == #1 ?> <small>needed</small><?cs /if ?></td><td><?cs var:f.in ?></td><td><?cs var:f.kind ?></td><td class="wrap"><?cs var:f.limits ?></td></tr>
<?cs /each ?>
</tbody>
</table>
</div>
<?cs /if ?>
<?cs if:op.asked ?><details><summary>Body, for example</summary><pre tabindex="0"><?cs var:op.asked ?></pre></details><?cs /if ?>
<?cs each:an = op.answers ?><?cs if:an.example ?><details><summary><?cs var:an.number ?> <?cs var:an.reason ?></summary><pre tabindex="0"><?cs var:an.example ?></pre></details><?cs else ?><p><?cs var:an.number ?> <?cs var:an.reason ?><?cs if:an.media ?> <small><?cs var:an.media ?></small><?cs /if ?></p><?cs /if ?>
<?cs /each ?>
</article>
<?cs /each ?>
</section>
<?cs /each ?>
</main>
</div>
</body>
</html>
