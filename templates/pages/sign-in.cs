<?cs include:"layout/bare_head.cs" ?>
</head>
<body>
<main class="sign-in" id="main">
<div class="brand"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#mark"></use></svg>platen</div>
<?cs call:problem() ?>
<form class="panel stack" method="post" action="/sign-in">
<h1>Sign in</h1>
<?cs call:csrf() ?>
<input type="hidden" name="next" value="<?cs var:Page.next ?>">
<div class="field">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus value="<?cs var:Page.email ?>"<?cs if:Page.problem ?> aria-invalid="true"<?cs /if ?>>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required<?cs if:Page.problem ?> aria-invalid="true"<?cs /if ?>>
</div>
<button class="button primary" type="submit">Sign in</button>
</form>
<p class="muted"><small>No account? Ask an administrator of this server.</small></p>
</main>
</body>
</html>
