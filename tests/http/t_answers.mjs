// SPDX-License-Identifier: Apache-2.0
// Answers as nginx hands them on: larger than one FastCGI record, downloads for other origins,
// style sheets and scripts, and what is unknown.
import assert from 'node:assert/strict';
import { exchange } from './request.mjs';

const RECORD = 65528; // the most that one FastCGI record of libfcgi carries
const HARD = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer',
	'x-dns-prefetch-control': 'off', 'x-download-options': 'noopen', 'x-permitted-cross-domain-policies': 'none',
	'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-site', 'origin-agent-cluster': '?1' };

function hardened(r, more = {}) {
	for (const [name, value] of Object.entries({ ...HARD, ...more }))
		assert.equal(r.headers[name], value, name);
	assert.match(r.headers['content-security-policy'], /default-src 'none'/);
	assert.match(r.headers['content-security-policy'], /frame-ancestors 'none'/);
	assert.match(r.headers['x-request-id'], /^[0-9a-f-]{32,36}$/);
	assert.equal(r.headers['x-powered-by'], undefined);
	assert.ok(!/[0-9]/.test(r.headers.server ?? ''), r.headers.server);
}

export async function answerTests(suite, stack, plain, { values }) {
	const get = (base, path, headers = {}) => exchange(base, { method: 'GET', path,
		headers: { authorization: `Bearer ${stack.token}`, ...headers } });

	await suite.test('answers larger than one FastCGI record are whole, over FastCGI and plain CGI', async () => {
		stack.sql(`INSERT INTO printers (organization_id, name) SELECT '${stack.org}', 'fleet ' || lpad(g::text, 3, '0') FROM generate_series(1, 300) g`);
		const path = `/api/printers?organizationId=${stack.org}&limit=1000`, all = [];
		for (const base of [stack.url, plain.url]) {
			const r = await get(base, path);
			assert.equal(r.status, 200);
			assert.ok(Buffer.byteLength(r.text) > 4 * RECORD, `${r.text.length}`);
			const names = r.json.map((p) => p.name).filter((n) => n.startsWith('fleet '));
			assert.deepEqual(names, Array.from({ length: 300 }, (_, i) => `fleet ${String(i + 1).padStart(3, '0')}`));
			assert.equal(Number(r.headers['x-total-count']), r.json.length);
			all.push(r.text);
		}
		assert.equal(all[0], all[1]);
		stack.sql(`DELETE FROM printers WHERE name LIKE 'fleet %'`);
	});
	await suite.test('answers around the border of a record', async () => {
		const [[printer]] = stack.sql(`INSERT INTO printers (organization_id, name, custom_fields) VALUES ('${stack.org}', 'border', '{"x":""}') RETURNING id`);
		const path = `/api/printers/${printer}?organizationId=${stack.org}`;
		const empty = Buffer.byteLength((await get(stack.url, path)).text);
		for (let size = RECORD - 12; size <= RECORD + 12; size++) {
			stack.sql(`UPDATE printers SET custom_fields = jsonb_build_object('x', repeat('y', ${size - empty})) WHERE id = '${printer}'`);
			const r = await get(stack.url, path);
			assert.deepEqual([r.status, Buffer.byteLength(r.text)], [200, size]);
			assert.equal(r.json.custom_fields.x.length, size - empty);
		}
		stack.sql(`DELETE FROM printers WHERE id = '${printer}'`);
	});
	await suite.test('a download for another origin: CORS as configured, hardened', async () => {
		const id = await stack.upload('cors.gcode', values.vase), path = `/api/files/${id}/download`;
		const mine = stack.config['web.cors_origin'].split(',')[0];
		const r = await get(stack.url, path, { origin: mine });
		assert.equal(r.status, 200);
		assert.equal(r.text, values.vase);
		assert.equal(r.headers['access-control-allow-origin'], mine);
		assert.equal(r.headers['access-control-allow-credentials'], 'true');
		assert.match(r.headers['access-control-expose-headers'], /X-Request-Id/);
		assert.match(r.headers.vary, /Origin/);
		hardened(r);
		const part = await get(stack.url, path, { origin: mine, range: 'bytes=1-7' });
		assert.deepEqual([part.status, part.text, part.headers['access-control-allow-origin']], [206, values.vase.slice(1, 8), mine]);
		for (const origin of ['https://evil.example', `${mine}.evil.example`, 'null']) {
			const other = await get(stack.url, path, { origin });
			assert.deepEqual([other.status, other.headers['access-control-allow-origin'], other.headers['access-control-allow-credentials']], [200, undefined, undefined]);
			assert.match(other.headers.vary, /Origin/);
		}
		await stack.call('DELETE', `/api/files/${id}`);
	});
	await suite.test('static files are hardened, cached, and named by what they are', async () => {
		for (const [path, type] of [['/static/platen.css', /^text\/css/], ['/static/js/app.js', /^(text|application)\/javascript/],
			['/static/img/icon.svg', /^image\/svg\+xml/]]) {
			const r = await exchange(stack.url, { method: 'GET', path });
			assert.equal(r.status, 200, path);
			assert.match(r.headers['content-type'], type, path);
			assert.match(r.headers['cache-control'], /max-age=3600/);
			hardened(r);
			const again = await exchange(stack.url, { method: 'GET', path, headers: { 'if-none-match': r.headers.etag } });
			assert.equal(again.status, 304);
		}
		const none = await exchange(stack.url, { method: 'GET', path: '/static/none.css' });
		assert.equal(none.status, 404);
		hardened(none);
		const folder = await exchange(stack.url, { method: 'GET', path: '/static/js/' });
		assert.deepEqual([folder.status, folder.text], [404, 'Not found']);
		hardened(folder);
	});
	await suite.test('a chamber nobody measures is null, a measured one is a number', async () => {
		const file = await stack.upload('chamber.gcode', values.vase);
		const [[printer]] = stack.sql(`INSERT INTO printers (organization_id, name) VALUES ('${stack.org}', 'chamber') RETURNING id`);
		const [[job]] = stack.sql(`INSERT INTO print_jobs (organization_id, user_id, file_id, status, completed_at)
			SELECT '${stack.org}', user_id, id, 'completed', now() FROM files WHERE id = '${file}' RETURNING id`);
		stack.sql(`INSERT INTO temperature_logs (organization_id, job_id, hotend_temp, hotend_target, bed_temp, bed_target, chamber_temp, timestamp)
			VALUES ('${stack.org}', '${job}', 200, 210, 60, 60, NULL, now() - interval '2 s'), ('${stack.org}', '${job}', 210, 210, 60, 60, 41.5, now())`);
		const seen = (await stack.call('GET', `/api/jobs/${job}`)).json.data;
		const logs = (seen.job ?? seen).temperatureLogs ?? seen.temperatures;
		assert.deepEqual(logs.map((t) => [t.hotendTemp, t.chamberTemp]), [[200, null], [210, 41.5]]);
		const live = async (chamber) => {
			stack.sql(`INSERT INTO printer_live (printer_id, organization_id, seq, state, connected, hotend, chamber, updated_at)
				VALUES ('${printer}', '${stack.org}', nextval('live_seq'), 'idle', true, 25, ${chamber}, now())
				ON CONFLICT (printer_id) DO UPDATE SET chamber = excluded.chamber, updated_at = now()`);
			return (await stack.call('GET', `/api/printer/status?printerId=${printer}`)).json.data.temperatures;
		};
		const none = await live('NULL'), some = await live(38.25);
		assert.deepEqual([none.chamber, none.chamberTemp, none.hotendTemp], [null, null, 25]);
		assert.deepEqual([some.chamber.actual, some.chamberTemp], [38.25, 38.25]);
		stack.sql(`DELETE FROM print_jobs WHERE id = '${job}'; DELETE FROM printers WHERE id = '${printer}'`);
		await stack.call('DELETE', `/api/files/${file}`);
	});
}
