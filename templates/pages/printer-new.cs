<?cs include:"layout/head.cs" ?>
<form class="panel stack" method="post" action="/printers">
<h2>A printer on a USB or serial port of this server</h2>
<?cs call:csrf() ?>
<div class="field"><label for="name">Name</label><input id="name" name="name" maxlength="255" required value="<?cs var:Page.form.name ?>"></div>
<div class="field"><label for="serial_device">Device</label><input id="serial_device" name="serial_device" required value="<?cs var:Page.form.serial_device ?>" placeholder="/dev/serial/by-id/…"><small>The name under /dev/serial/by-id stays the same when cables are swapped.</small></div>
<div class="field"><label for="baud_rate">Baud rate</label><select id="baud_rate" name="baud_rate"><option>115200</option><option>250000</option><option>57600</option><option>500000</option><option>1000000</option></select></div>
<div class="inline">
<div class="field"><label for="x">Width, mm</label><input id="x" name="max_build_volume_x" type="number" min="1" step="any" value="<?cs var:Page.form.max_build_volume_x ?>"></div>
<div class="field"><label for="y">Depth, mm</label><input id="y" name="max_build_volume_y" type="number" min="1" step="any" value="<?cs var:Page.form.max_build_volume_y ?>"></div>
<div class="field"><label for="z">Height, mm</label><input id="z" name="max_build_volume_z" type="number" min="1" step="any" value="<?cs var:Page.form.max_build_volume_z ?>"></div>
</div>
<div class="actions"><button class="button primary" type="submit">Add the printer</button><a class="button quiet" href="/">Back</a></div>
</form>
<?cs include:"layout/foot.cs" ?>
