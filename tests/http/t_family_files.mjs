// SPDX-License-Identifier: Apache-2.0
// Family L's files by number: R-122 ... R-140, slices (R-143, R-144, R-147), signed addresses
// (R-278, S-028), timelapses (R-158). No worker runs: what a task would do is done by SQL.
import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from './request.mjs';
import { tick, until } from '../lib/stack.mjs';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const GCODE = ';FLAVOR:Marlin\nM104 S200\nG28\nG1 X1 Y1 Z0.2 E1\n';
const OBJ = 'v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n';

function stl() {
	const bytes = Buffer.alloc(84 + 50 * 12);
	bytes.write('solid but binary', 0);
	bytes.writeUInt32LE(12, 80);
	return bytes;
}

/** A ZIP of one stored entry, enough of a 3MF for the sniffer. */
function threemf() {
	const name = Buffer.from('3D/3dmodel.model'), data = Buffer.from('<model/>'), head = Buffer.alloc(30), entry = Buffer.alloc(46), end = Buffer.alloc(22);
	const crc = (() => {
		let c = ~0;
		for (const b of data) {
			c ^= b;
			for (let k = 0; k < 8; k++)
				c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
		}
		return ~c >>> 0;
	})();
	head.writeUInt32LE(0x04034b50, 0);
	head.writeUInt16LE(20, 4);
	for (const [b, at] of [[head, 14], [entry, 16]]) {
		b.writeUInt32LE(crc, at);
		b.writeUInt32LE(data.length, at + 4);
		b.writeUInt32LE(data.length, at + 8);
		b.writeUInt16LE(name.length, at + 12);
	}
	entry.writeUInt32LE(0x02014b50, 0);
	entry.writeUInt16LE(20, 4);
	entry.writeUInt16LE(20, 6);
	const size = head.length + name.length + data.length;
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(1, 8);
	end.writeUInt16LE(1, 10);
	end.writeUInt32LE(entry.length + name.length, 12);
	end.writeUInt32LE(size, 16);
	return Buffer.concat([head, name, data, entry, name, end]);
}

export async function familyFileTests(suite, stack, { tokens, id, restartWith }) {
	const test = (name, body) => suite.test(name, body);
	const call = (method, path, json, token = tokens.operator) => stack.call(method, path, { token, json });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? ''}`.trim();
	const storage = join(stack.dir, 'storage');
	const stored = () => readdirSync(storage, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).length;
	const upload = (name, bytes, fields = {}, token = tokens.operator, last = {}) => {
		const form = new FormData();
		for (const [k, v] of Object.entries(fields))
			form.set(k, v);
		form.set('file', new Blob([bytes]), name);
		for (const [k, v] of Object.entries(last))
			form.set(k, v);
		return stack.call('POST', '/api/files/upload', { token, body: form });
	};
	const profile = (await call('GET', '/api/profiles')).json.data.profiles.find((p) => p.organizationId === null).id;
	let model, gcode;

	await test('R-122 R-129 the four types, in any case; names are made, paths are relative', async () => {
		for (const [name, bytes, type] of [['Cube.STL', stl(), 'STL'], ['part.gcode', GCODE, 'GCODE'], ['PART.GCO', GCODE, 'GCODE'], ['a.obj', OBJ, 'OBJ'], ['b.3Mf', threemf(), 'THREEMF']]) {
			const r = await upload(name, bytes), f = r.json.data?.file;
			assert.equal(`${r.status} ${f?.fileType}`, `201 ${type}`, `${name}: ${r.text}`);
			assert.equal(f.originalName, name);
			assert.match(f.fileName, new RegExp(`^\\d{13}-[0-9a-f]{16}${name.slice(name.lastIndexOf('.')).toLowerCase().replace('.', '\\.')}$`));
			assert.match(f.filePath, /^\d{4}\/\d\d\/[^/]+$/);
			assert.equal(statSync(join(storage, f.filePath)).size, f.fileSize);
			if (type === 'STL')
				model = f.id;
			if (name === 'part.gcode')
				gcode = f.id;
		}
	});
	await test('R-123 R-124 no file, a type we do not take, content that is something else', async () => {
		const none = new FormData();
		none.set('folder', 'x');
		assert.equal(code(await stack.call('POST', '/api/files/upload', { token: tokens.operator, body: none })), '400 NO_FILE');
		const unchosen = '--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n';
		assert.equal(code(await stack.call('POST', '/api/files/upload', { token: tokens.operator, body: unchosen,
			headers: { 'content-type': 'multipart/form-data; boundary=x' } })), '400 NO_FILE', 'a form without a chosen file');
		const exe = await upload('setup.exe', 'MZ');
		assert.equal(`${code(exe)} ${exe.json.error.message}`, '400 INVALID_FILE_TYPE File type .exe not allowed');
		for (const [name, bytes] of [['a.stl', GCODE], ['a.gcode', stl()], ['a.obj', 'hello'], ['a.3mf', GCODE]])
			assert.equal(code(await upload(name, bytes)), '400 INVALID_FILE_CONTENT', name);
	});
	await test('R-125 the largest size is taken, one byte more is not, and leaves nothing', async () => {
		await restartWith({ 'storage.max_file_size': '2000000' });
		const line = 'G1 X1.000 Y1.000\n', before = stored();
		const bytes = Buffer.alloc(2000000, line);
		const fits = await upload('largest.gcode', bytes);
		assert.equal(fits.status, 201, fits.text);
		assert.equal(fits.json.data.file.fileSize, 2000000);
		const more = await upload('larger.gcode', Buffer.alloc(2000001, line));
		assert.equal(code(more), '413 FILE_TOO_LARGE');
		assert.equal(stored(), before + 1);
		assert.deepEqual(stack.sql("SELECT count(*) FROM files WHERE original_name = 'larger.gcode'"), [['0']]);
		await restartWith({ 'storage.max_file_size': '524288000' });
		assert.equal((await call('DELETE', `/api/files/${fits.json.data.file.id}`)).status, 200);
	});
	await test('R-126 R-127 R-128 folders and names are labels', async () => {
		for (const folder of ['../../etc', '/etc', 'a/../b', 'a//b', 'a/b/c/d/e/f', 'a/', '.', 'x'.repeat(65), 'a\\b'])
			assert.equal(code(await upload('a.gcode', GCODE, { folder })), '400 VALIDATION_ERROR', folder);
		const r = await upload('plain.gcode', GCODE, { name: 'shown' }, tokens.operator, { folder: 'after/the file' });
		assert.deepEqual([r.json.data.file.folder, r.json.data.file.originalName], ['after/the file', 'shown.gcode']);
		assert.equal((await upload('x.gcode', GCODE)).json.data.file.folder, 'uploads');
		assert.equal((await upload('x.gcode', GCODE, { name: 'y.GCODE' })).json.data.file.originalName, 'y.GCODE');
	});
	await test('R-131 R-138 lists: pages, types, folders, order; sizes are numbers', async () => {
		const list = async (q) => (await call('GET', `/api/files?${q}`)).json;
		const all = await list('limit=2&page=2&sort=size&order=asc');
		assert.deepEqual([all.data.page, all.meta.page, all.meta.limit, all.data.total, all.meta.total], [2, 2, 2, all.meta.total, all.data.total]);
		assert.equal(all.data.pages, Math.ceil(all.data.total / 2));
		assert.ok(all.data.files.every((f) => typeof f.fileSize === 'number' && typeof f.printCount === 'number'));
		assert.ok((await list('type=3mf')).data.files.every((f) => f.fileType === 'THREEMF'));
		assert.equal((await list('folder=after/the%20file')).data.total, 1);
		assert.equal((await list('limit=500')).meta.limit, 100);
		for (const q of ['page=0', 'page=x', 'limit=0', 'limit=1.5', 'sort=owner', 'order=up', 'type=exe', 'page=1&page=2'])
			assert.equal(code(await call('GET', `/api/files?${q}`)), '400 VALIDATION_ERROR', q);
	});
	await test('R-132 words find names', async () => {
		const r = await upload('phone_stand_v2.gcode', GCODE);
		for (const q of ['stand', 'PHONE%20v2', 'pho'])
			assert.deepEqual((await call('GET', `/api/files?search=${q}`)).json.data.files.map((f) => f.id), [r.json.data.file.id], q);
		assert.equal((await call('GET', '/api/files?search=stand%20missing')).json.data.total, 0);
	});
	await test('R-133 one file with its slices; an unknown one', async () => {
		const f = (await call('GET', `/api/files/${model}`)).json.data.file;
		assert.deepEqual([f.id, f.slicedFiles, f.metadata.originalSize], [model, [], f.fileSize]);
		assert.equal(code(await call('GET', `/api/files/${randomUUID()}`)), '404 NOT_FOUND');
	});
	await test('R-134 S-055 downloads: the bytes, any name, ranges', async () => {
		const name = 'Größe "1"\u00a0– 模型.gcode', r = await upload('x.gcode', GCODE, { name });
		assert.equal(r.status, 201, r.text);
		const at = `/api/files/${r.json.data.file.id}/download`, headers = { authorization: `Bearer ${tokens.viewer}` };
		const whole = await exchange(stack.url, { method: 'GET', path: at, headers });
		assert.equal(whole.text, GCODE);
		assert.equal(whole.headers['content-type'], 'text/x.gcode');
		const shown = whole.headers['content-disposition'];
		assert.match(shown, /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9%._~-]+$/);
		assert.equal(decodeURIComponent(shown.split("UTF-8''")[1]), name);
		const part = await exchange(stack.url, { method: 'GET', path: at, headers: { ...headers, range: 'bytes=1-6' } });
		assert.deepEqual([part.status, part.text], [206, 'FLAVOR']);
		assert.equal((await exchange(stack.url, { method: 'GET', path: at, headers: { ...headers, range: 'bytes=99999-' } })).status, 416);
	});
	await test('R-136 R-139 deleting: bytes, picture and slices go; others\' files are not an OPERATOR\'s', async () => {
		const f = (await upload('gone.stl', stl())).json.data.file;
		writeFileSync(join(storage, f.filePath.replace('.stl', '_thumb.png')), PNG);
		writeFileSync(join(storage, f.filePath.replace('.stl', '.sliced.gcode')), GCODE);
		stack.sql(`UPDATE files SET thumbnail_url = '${f.filePath.replace('.stl', '_thumb.png')}' WHERE id = '${f.id}';
			INSERT INTO sliced_files (organization_id, source_file_id, profile_id, file_path, status) VALUES ('${stack.org}', '${f.id}', '${profile}', '${f.filePath.replace('.stl', '.sliced.gcode')}', 'ready')`);
		const before = stored();
		assert.equal(code(await call('DELETE', `/api/files/${f.id}`, undefined, tokens.viewer)), '403 FORBIDDEN');
		assert.equal((await upload('v.gcode', GCODE, {}, tokens.viewer)).status, 403);
		const others = (await upload('admin.gcode', GCODE, {}, stack.token)).json.data.file.id;
		assert.equal(code(await call('DELETE', `/api/files/${others}`)), '403 FORBIDDEN');
		assert.equal(code(await call('DELETE', `/api/files/${randomUUID()}`)), '404 NOT_FOUND');
		assert.deepEqual((await call('DELETE', `/api/files/${f.id}`)).json, { success: true, data: { success: true } });
		assert.equal(stored(), before + 1 - 3);
	});
	await test('R-137 a file in use stays; a finished job keeps its history', async () => {
		const f = (await upload('used.gcode', GCODE)).json.data.file.id;
		const job = (await call('POST', '/api/print-jobs', { organizationId: stack.org, product_id: f })).json.id;
		assert.equal(code(await call('DELETE', `/api/files/${f}`)), '409 CONFLICT');
		await call('POST', `/api/print-jobs/${job}/cancel`, { organizationId: stack.org });
		assert.equal((await call('DELETE', `/api/files/${f}`)).status, 200);
		assert.equal(code(await call('GET', `/api/files/${f}`)), '404 NOT_FOUND');
		assert.equal((await call('GET', `/api/jobs/${job}`)).json.data.job.file.originalName, 'used.gcode');
	});
	await test('R-140 what happens to a file is told to who uploaded it', async () => {
		const f = (await upload('told.gcode', GCODE)).json.data.file.id;
		assert.deepEqual(stack.sql(`SELECT topic, user_id FROM live_events WHERE payload->>'fileId' = '${f}' OR payload->>'id' = '${f}'`), [['file:uploaded', id.olga]]);
	});

	await test('R-135 the picture of a file: PNG, cached; by signed address too', async () => {
		const f = (await call('GET', `/api/files/${gcode}`)).json.data.file, path = f.filePath.replace('.gcode', '_thumb.png');
		writeFileSync(join(storage, path), PNG);
		stack.sql(`UPDATE files SET thumbnail_url = '${path}' WHERE id = '${gcode}'`);
		const r = await exchange(stack.url, { method: 'GET', path: `/api/files/${gcode}/preview`, headers: { authorization: `Bearer ${tokens.viewer}` } });
		assert.deepEqual([r.status, r.headers['content-type'], r.headers['cache-control'], r.bytes.equals(PNG)], [200, 'image/png', 'private, max-age=86400', true]);
		assert.ok(r.headers.etag);
	});
	await test('R-135 a picture that is being made is waited for', async () => {
		stack.sql(`SELECT spool.add_task('file-processing', '{"operation":"generate-thumbnail"}', 'generate-thumbnail:${model}')`);
		const r = await call('GET', `/api/files/${model}/preview`);
		assert.deepEqual([r.status, r.json.data], [202, { status: 'processing' }]);
		stack.sql("DELETE FROM task_queue WHERE unique_key LIKE 'generate-thumbnail:%'");
	});
	await test('R-278 S-028 signed addresses: GET and HEAD of this path, until then, nothing else', async () => {
		const url = (await call('GET', `/api/files/${gcode}`)).json.data.file.thumbnailUrl;
		const get = (path, method = 'GET') => exchange(stack.url, { method, path });
		assert.match(url, /^\/api\/media\/\d{4}\/\d\d\/[^?]+\?expires=\d+&sig=[0-9a-f]{64}$/);
		assert.equal(Number(/expires=(\d+)/.exec(url)[1]) % 3600, 0, 'rounded to the hour, so that caches work');
		const r = await get(url);
		assert.deepEqual([r.status, r.headers['content-type'], r.headers['cross-origin-resource-policy']], [200, 'image/png', 'cross-origin']);
		const head = await get(url, 'HEAD');
		assert.deepEqual([head.status, head.bytes.length], [200, 0]);
		const flip = (text) => text.replace(/.$/, (c) => (c === '0' ? '1' : '0'));
		for (const bad of [flip(url), url.replace(/expires=(\d+)/, (_, n) => `expires=${Number(n) + 3600}`), url.replace('_thumb', '_thumb2'), url.replace(/sig=.*/, 'sig='), `${url}0`])
			assert.equal((await get(bad)).status, 403, bad);
		assert.equal((await get(url, 'DELETE')).status, 405);
		assert.equal((await get(url.split('?')[0])).status, 401);
		const key = createHmac('sha256', stack.config['auth.jwt_secret']).update('platen media address v1').digest();
		const signed = (path, expires, org, method = 'GET') => `${path}?expires=${expires}&org=${org}&sig=${createHmac('sha256', key).update(`${method}\n${path}\n${expires}\n${org}`).digest('hex')}`;
		const at = `/api/files/${gcode}/download`, soon = Math.floor(Date.now() / 1000) + 600;
		assert.equal((await get(signed(at, soon, stack.org))).text, GCODE);
		assert.equal((await get(signed(at, soon, stack.org, 'POST'))).status, 403, 'signed for another method');
		assert.equal((await get(signed(at, soon - 1200, stack.org))).status, 403, 'over');
		assert.equal((await get(signed(at, soon, stack.org).replace(stack.org, randomUUID()))).status, 403);
		assert.equal((await get(signed(at, soon, randomUUID()))).status, 404, 'signed, but another organisation\'s file is not there');
		assert.equal((await get(signed(at, soon, stack.org).replace('/download', '/preview'))).status, 403);
		assert.equal((await get(signed(`/api/files/${gcode}`, soon, stack.org))).status, 401, 'a route that takes no signature');
	});
	await test('S-054 an address with two proofs is none', async () => {
		const url = (await call('GET', `/api/files/${gcode}`)).json.data.file.thumbnailUrl, [, expires, sig] = /expires=(\d+)&sig=(\w+)/.exec(url);
		assert.equal((await exchange(stack.url, { method: 'GET', path: url })).status, 200);
		for (const more of [`&sig=${sig}`, '&sig=0', `&expires=${expires}`, '&expires=9999999999', `&org=${stack.org}&org=${stack.org}`, '&%73ig=0'])
			assert.equal(code({ ...await exchange(stack.url, { method: 'GET', path: url + more }) }), '400 VALIDATION_ERROR', more);
		const ticket = (await call('POST', '/api/camera/ticket')).json.data.ticket, use = (query) => exchange(stack.url, { method: 'GET', path: `/api/camera/stream?${query}` });
		assert.equal(code(await use(`ticket=${ticket}&ticket=${ticket}`)), '400 VALIDATION_ERROR');
		assert.notEqual(code(await use(`ticket=${ticket}`)), '401 INVALID_TOKEN', 'it was not spent');
	});
	await test('R-158 a timelapse: none, in the making, there; its address needs no header', async () => {
		const job = (await call('POST', '/api/print-jobs', { organizationId: stack.org, product_id: gcode })).json.id;
		const ask = () => call('GET', `/api/jobs/${job}/timelapse`, undefined, tokens.viewer);
		const none = await ask();
		assert.equal(`${code(none)} ${none.json.error.message}`, '404 NOT_FOUND Timelapse not found');
		stack.sql(`SELECT spool.add_task('maintenance', '{"task":"timelapse"}', 'timelapse:${job}')`);
		const soon = await ask();
		assert.deepEqual([soon.status, soon.json.data], [202, { status: 'processing' }]);
		stack.sql("DELETE FROM task_queue WHERE unique_key LIKE 'timelapse:%'");
		mkdirSync(join(storage, '2026/11'), { recursive: true });
		writeFileSync(join(storage, '2026/11/film.mp4'), 'ftyp');
		stack.sql(`INSERT INTO timelapses (organization_id, job_id, video_path, frame_count, duration, file_size) VALUES ('${stack.org}', '${job}', '2026/11/film.mp4', 90, 3, 4)`);
		const film = (await ask()).json.data;
		assert.deepEqual([film.frameCount, film.duration, film.fileSize], [90, 3, 4]);
		assert.ok(Number(/expires=(\d+)/.exec(film.videoUrl)[1]) <= Date.now() / 1000 + 7200, 'for an hour, rounded');
		const r = await exchange(stack.url, { method: 'GET', path: film.videoUrl });
		assert.deepEqual([r.status, r.headers['content-type'], r.text], [200, 'video/mp4', 'ftyp']);
		stack.sql(`DELETE FROM print_jobs WHERE id = '${job}'`);
	});

	const slice = (settings, more = {}) => call('POST', `/api/files/${model}/slice`, { profileId: profile, settings, ...more });
	await test('R-144 a slice that takes longer is on its way, and nothing says more', async () => {
		const r = await slice({ layerHeight: 0.2, infill: 25 });
		assert.equal(r.status, 202, r.text);
		const s = r.json.data.slicedFile;
		assert.deepEqual([s.status, s.sourceFileId, s.profileId, s.estimatedTime, s.filamentUsage, s.error], ['processing', model, profile, null, null, null]);
		assert.deepEqual(stack.sql(`SELECT status, payload->>'operation', payload->'settings'->>'infill' FROM task_queue WHERE payload->>'slicedFileId' = '${s.id}'`), [['queued', 'slice', '25']]);
		assert.equal((await call('GET', `/api/files/${model}`)).json.data.file.slicedFiles[0].status, 'processing');
		const started = await call('POST', '/api/jobs/start', { fileId: model, slicedFileId: s.id, queue: true });
		assert.ok(started.status >= 400, 'it cannot be printed before it is ready');
	});
	await test('R-147 the same is not sliced twice, also when asked for at once', async () => {
		const answers = await Promise.all(Array.from({ length: 8 }, () => slice({ infill: 25, layerHeight: 0.20 })));
		assert.ok(answers.every((a) => a.status === 202));
		assert.equal(new Set(answers.map((a) => a.json.data.slicedFile.id)).size, 1);
		const others = await Promise.all(Array.from({ length: 8 }, () => slice({ infill: 26 })));
		assert.equal(new Set(others.map((a) => a.json.data.slicedFile.id)).size, 1, others.map((a) => a.text).join('\n'));
		assert.deepEqual(stack.sql(`SELECT count(*) FROM sliced_files WHERE source_file_id = '${model}'`), [['2']]);
	});
	await test('R-144 its end is told by event and notification; then it is there', async () => {
		const s = (await slice({ infill: 26 })).json.data.slicedFile.id;
		stack.sql(`UPDATE sliced_files SET status = 'ready', estimated_time = 600, filament_usage = 12.5, layer_height = 0.2 WHERE id = '${s}'`);
		assert.deepEqual(stack.sql(`SELECT payload->>'success', user_id FROM live_events WHERE topic = 'file:processed' AND payload->>'slicedFileId' = '${s}'`), [['true', id.olga]]);
		assert.ok((await call('GET', '/api/notifications?unread=true')).json.data.notifications.some((n) => n.title === 'Slicing finished' && n.metadata.slicedFileId === s));
		const again = await slice({ infill: 26 });
		assert.deepEqual([again.status, again.json.data.slicedFile.estimatedTime, again.json.data.slicedFile.filamentUsage], [200, 600, 12.5]);
	});
	await restartWith({ 'slicer.sync_wait': '15s' });
	await test('a slice that is ready in time is 201', async () => {
		const asked = slice({ infill: 27 });
		await until('its row', () => stack.sql(`UPDATE sliced_files SET status = 'ready', estimated_time = 5 WHERE settings->>'infill' = '27' AND status = 'processing' RETURNING 1`)[0][0] === '1', 5);
		const r = await asked;
		assert.deepEqual([r.status, r.json.data?.slicedFile.status], [201, 'ready'], r.text);
	});
	await test('R-143 a slicer that gives up: 422 with its last lines; asked again it tries again', async () => {
		const asked = slice({ infill: 28 });
		const task = await until('its task', () => stack.sql("SELECT id FROM task_queue WHERE payload->'settings'->>'infill' = '28' AND status = 'queued'")[0], 5);
		stack.sql(`UPDATE task_queue SET status = 'failed', last_error = 'Objects could not fit on the bed', finished_at = now() WHERE id = ${task[0]}`);
		const r = await asked;
		assert.equal(code(r), '422 SLICING_FAILED', r.text);
		assert.deepEqual(r.json.error.details, { log: ['Objects could not fit on the bed'] });
		assert.deepEqual(stack.sql("SELECT status FROM sliced_files WHERE settings->>'infill' = '28'"), [['failed']]);
		await restartWith({ 'slicer.sync_wait': '300ms' });
		assert.equal((await slice({ infill: 28 })).status, 202);
		assert.deepEqual(stack.sql("SELECT status FROM sliced_files WHERE settings->>'infill' = '28' ORDER BY created_at"), [['failed'], ['processing']]);
	});
	await test('R-154 a model needs a slice of its own that is ready', async () => {
		const start = async (more) => code(await call('POST', '/api/jobs/start', { fileId: model, queue: true, ...more }));
		const printer = await call('POST', '/api/printers', { organizationId: stack.org, name: 'For slices', connection_type: 'network' });
		assert.equal(printer.status, 201, printer.text);
		assert.equal(await start({ printerId: printer.json.id }), '400 SLICE_REQUIRED');
		const other = (await upload('other.stl', stl())).json.data.file.id;
		const [[theirs]] = stack.sql(`INSERT INTO sliced_files (organization_id, source_file_id, profile_id, file_path, status) VALUES ('${stack.org}', '${other}', '${profile}', 'x', 'ready') RETURNING id`);
		assert.equal(await start({ printerId: printer.json.id, slicedFileId: theirs }), '404 NOT_FOUND', 'a slice of another file');
		assert.equal(await start({ printerId: printer.json.id, slicedFileId: randomUUID() }), '404 NOT_FOUND');
	});
	await test('a profile that something was sliced with stays', async () => {
		const admin = (method, path, json) => call(method, path, json, stack.token);
		const p = (await admin('POST', '/api/profiles', { name: `Used ${randomBytes(3).toString('hex')}`, layerHeight: 0.2, infill: 15, printSpeed: 50, nozzleTemp: 200, bedTemp: 60 })).json.data.profile.id;
		assert.equal((await call('POST', `/api/files/${model}/slice`, { profileId: p })).status, 202);
		assert.equal(code(await admin('DELETE', `/api/profiles/${p}`)), '409 CONFLICT');
	});
	await test('without a slicer nothing is promised', async () => {
		await restartWith({ 'slicer.path': '/nowhere/slicer' });
		const before = stack.sql('SELECT count(*) FROM sliced_files');
		const r = await slice({ infill: 40 });
		assert.equal(`${code(r)} ${r.json.error.message}`, '503 SERVICE_UNAVAILABLE No slicer is installed on this server');
		assert.deepEqual(stack.sql('SELECT count(*) FROM sliced_files'), before);
		assert.equal((await slice({ infill: 26 })).status, 200, 'what is there is there');
		await restartWith({ 'slicer.path': '/bin/true' });
	});
	await test('a ticket is one session\'s: it dies with it, and after thirty seconds', async () => {
		const t = (await call('POST', '/api/auth/login', { email: 'vera@platen.test', password: 'password of vera' }, null)).json.data.accessToken;
		const make = async () => (await call('POST', '/api/camera/ticket', undefined, t)).json.data.ticket;
		const use = async (ticket) => code(await call('GET', `/api/camera/stream?ticket=${ticket}`, undefined, null));
		const [first, second] = [await make(), await make()];
		stack.sql("UPDATE camera_tickets SET expires_at = now() - interval '1 second'");
		assert.equal(await use(first), '401 INVALID_TOKEN');
		const third = await make();
		await call('POST', '/api/auth/logout', undefined, t);
		assert.equal(await use(third), '401 INVALID_TOKEN');
		assert.equal(await use(second), '401 INVALID_TOKEN');
		await tick();
		assert.ok(!stack.log('cgi').includes(first) && !stack.log('nginx').includes(first), 'S-020 in no log');
	});
}
