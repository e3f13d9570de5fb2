<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<?cs # Forms must carry their origin; under the header's no-referrer browsers send "null". ?><meta name="referrer" content="same-origin">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?cs var:Page.title ?> · platen</title>
<?cs if:Page.daemons == #0 ?><?cs if:Page.refresh ?><meta http-equiv="refresh" content="<?cs var:Page.refresh ?>">
<?cs /if ?><?cs /if ?><link rel="icon" href="/static/img/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/platen.css?v=<?cs var:url_escape(Page.version) ?>">
