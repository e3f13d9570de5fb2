// SPDX-License-Identifier: Apache-2.0
// Rate limits with the numbers of the contract (R-271 ... R-275, S-015, S-017), the demo (O-03),
// closed registration. The workers are started again with other settings.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../lib/stack.mjs';

export async function familyLimitTests(suite, stack, { tokens, restartWith }) {
	const test = (name, body) => suite.test(name, body);
	const call = (method, path, { token = null, json, headers } = {}) => stack.call(method, path, { token, json, headers });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? r.json?.error ?? ''}`.trim();
	stack.sql('DELETE FROM rate_limits');
	await restartWith({ 'rate_limit.enabled': 'true' });

	await test('R-271 the 101st api request of a minute', async () => {
		const answers = [];
		for (let i = 0; i < 101; i++)
			answers.push(await call('GET', '/api/notifications', { token: tokens.viewer }));
		assert.ok(answers.slice(0, 100).every((a) => a.status === 200));
		const last = answers[100];
		assert.equal(code(last), '429 RATE_LIMIT_EXCEEDED');
		assert.ok(last.json.error.retryAfter >= 1 && last.json.error.retryAfter <= 60);
		assert.equal(Number(last.headers.get('retry-after')), last.json.error.retryAfter);
		assert.equal(last.headers.get('x-ratelimit-limit'), '100');
	});
	await test('R-274 limits are a user\'s, else an address\'s; a claimed address does not help', async () => {
		assert.equal(code(await call('GET', '/api/notifications', { token: tokens.viewer, headers: { 'x-forwarded-for': '198.51.100.7', 'x-real-ip': '198.51.100.7', forwarded: 'for=198.51.100.7' } })),
			'429 RATE_LIMIT_EXCEEDED');
		assert.equal((await call('GET', '/api/notifications', { token: tokens.operator })).status, 200);
		const codes = [];
		for (let i = 0; i < 102; i++)
			codes.push((await call('POST', '/api/auth/refresh', { json: {}, headers: { 'x-forwarded-for': `198.51.100.${i}` } })).status);
		assert.deepEqual([codes[0], codes[99], codes[100], codes[101]], [400, 400, 429, 429]);
	});
	await test('R-272 S-015 the sixth sign-in for one address, in any worker, whatever it claims to be', async () => {
		const codes = [];
		for (let i = 0; i < 7; i++)
			codes.push((await call('POST', '/api/auth/login', { json: { email: i % 2 ? 'Vera@platen.test' : 'vera@PLATEN.test', password: 'wrong' }, headers: { 'x-forwarded-for': `198.51.100.${i}` } })).status);
		assert.deepEqual(codes, [401, 401, 401, 401, 401, 429, 429]);
		assert.equal((await call('POST', '/api/auth/login', { json: { email: 'olga@platen.test', password: 'password of olga' } })).status, 200, 'others sign in');
		assert.equal((await call('GET', '/api/auth/me', { token: tokens.operator })).status, 200, 'who is in stays in');
	});
	await test('R-273 the 11th upload of an hour, the 31st control call of a minute', async () => {
		const codes = [];
		for (let i = 0; i < 11; i++) {
			const form = new FormData();
			form.set('folder', 'x');
			codes.push((await stack.call('POST', '/api/files/upload', { token: tokens.operator, body: form })).status);
		}
		assert.deepEqual([codes[0], codes[9], codes[10]], [400, 400, 429]);
		const control = [];
		for (let i = 0; i < 31; i++)
			control.push((await call('POST', '/api/printer/home', { token: tokens.operator, json: { axes: [] } })).status);
		assert.deepEqual([control[0], control[29], control[30]], [400, 400, 429]);
		assert.notEqual((await call('POST', '/api/printer/emergency-stop', { token: tokens.operator })).status, 429);
	});
	await test('R-275 family P says it in its own words', async () => {
		await restartWith({ 'rate.p.points': 2 });
		const answers = [];
		for (let i = 0; i < 3; i++)
			answers.push(await call('GET', `/api/printers?organizationId=${stack.org}`, { token: tokens.viewer }));
		assert.deepEqual(answers.map((a) => a.status), [200, 200, 429]);
		assert.equal(answers[2].text, '{"error":"Too many requests"}');
	});
	const spent = Object.fromEntries(['api', 'auth', 'auth_ip', 'upload', 'control', 'p'].map((c) => [`rate.${c}.points`, 1]));
	await test('S-058 above the quota: 429 with Retry-After, and nothing has happened', async () => {
		await restartWith({ 'rate.p.points': null });
		const gcode = new FormData();
		gcode.set('file', new Blob([';FLAVOR:Marlin\nG28\n']), 'quota.gcode');
		const file = (await stack.call('POST', '/api/files/upload', { token: stack.token, body: gcode })).json.data.file.id;
		const profile = (await call('GET', '/api/profiles', { token: stack.token })).json.data.profiles[0].id, printer = (await call('POST', '/api/printers', { token: stack.token, json: { organizationId: stack.org, name: 'Quota' } })).json.id;
		const upload = () => {
			const form = new FormData();
			form.set('file', new Blob([';FLAVOR:Marlin\nG28\nG1 X1\n']), 'more.gcode');
			return stack.call('POST', '/api/files/upload', { token: tokens.operator, body: form });
		};
		const post = (path, json, token = tokens.operator) => () => call('POST', path, { token, json });
		const acts = { slice: post(`/api/files/${file}/slice`, { profileId: profile }), upload, figures: () => call('GET', '/api/analytics/dashboard', { token: tokens.operator }), prediction: post('/api/analytics/predict', { fileId: file }),
			'sign-in': post('/api/auth/login', { email: 'olga@platen.test', password: 'password of olga' }, null), registration: post('/api/auth/register', { email: 'quota@platen.test', username: 'quota', password: 'a good pass phrase' }, null),
			'camera ticket': post('/api/camera/ticket'), picture: () => call('GET', '/api/camera/snapshot', { token: tokens.operator }), recording: post('/api/camera/record/start', { printerId: printer }),
			job: post('/api/jobs/start', { fileId: file, printerId: printer, queue: true }), queue: post('/api/queue', { fileId: file, printerId: printer }), command: post('/api/printer/command', { command: 'G28' }),
			printer: post('/api/printers', { organizationId: stack.org, name: 'Above' }), 'print job': post('/api/print-jobs', { organizationId: stack.org, product_id: file }),
			'command of an agent': post('/api/printer-commands', { organizationId: stack.org, printer_id: printer, command_type: 'home_all' }) };
		const tables = ['files', 'sliced_files', 'task_queue', 'camera_tickets', 'print_jobs', 'printer_commands', 'printers', 'sessions', 'users', 'idempotency_keys', 'system_events'];
		const rows = () => stack.sql(`SELECT ${tables.map((t) => `(SELECT count(*) FROM ${t})`).join(', ')}`)[0];
		await restartWith(spent);
		await Promise.all(['/api/notifications', '/api/printer/status'].map((path) => call('GET', path, { token: tokens.operator })));
		for (const [name, act] of Object.entries(acts)) {
			let r = await act(); // the only one of its class, or already one too many
			const before = rows(), stored = readdirSync(join(stack.dir, 'storage'), { recursive: true }).length;
			r = await act();
			assert.equal(r.status, 429, `${name}: ${r.status} ${r.text}`);
			const left = Number(r.headers.get('retry-after'));
			assert.ok(Number.isInteger(left) && left >= 1, `${name}: Retry-After ${r.headers.get('retry-after')}`);
			assert.deepEqual(rows(), before, `${name} has written`);
			assert.equal(readdirSync(join(stack.dir, 'storage'), { recursive: true }).length, stored, name);
		}
	});
	await restartWith(Object.fromEntries(Object.keys(spent).map((k) => [k, null])));
	await test('guessing the own password through a session is limited like guessing at the door', async () => {
		stack.sql('DELETE FROM rate_limits');
		const codes = [];
		for (let i = 0; i < 7; i++)
			codes.push((await call('POST', '/api/auth/change-password', { token: tokens.operator, json: { currentPassword: `guess ${i}`, newPassword: 'a good pass phrase' } })).status);
		assert.deepEqual(codes, [401, 401, 401, 401, 401, 429, 429]);
	});
	stack.sql('DELETE FROM rate_limits');
	await restartWith({ 'rate_limit.enabled': 'false', 'demo.enabled': 'on', 'auth.registration': 'closed' });

	await test('R-013 closed registration', async () => {
		const r = await call('POST', '/api/auth/register', { json: { email: 'late@platen.test', username: 'late', password: 'a good pass phrase' } });
		assert.equal(code(r), '403 REGISTRATION_CLOSED');
		assert.deepEqual(stack.sql("SELECT count(*) FROM users WHERE username = 'late'"), [['0']]);
	});
	await test('O-03 the demo shows the default printer and the last prints, without a name', async () => {
		const made = await call('POST', '/api/printers', { token: stack.token, json: { organizationId: stack.org, name: 'secret-name', is_default: true } });
		assert.equal(made.status, 201, made.text);
		const form = new FormData();
		form.set('file', new Blob([';FLAVOR:Marlin\nG28\n']), 'secret-file.gcode');
		const file = (await stack.call('POST', '/api/files/upload', { body: form })).json.data.file.id;
		for (let i = 0; i < 12; i++)
			stack.sql(`INSERT INTO print_jobs (organization_id, file_id, status, actual_time_seconds, completed_at, notes)
				VALUES ('${stack.org}', '${file}', '${i % 3 ? 'completed' : 'failed'}', ${60 + i}, now() - interval '${i} minutes', 'secret-note')`);
		const status = await call('GET', '/api/public/status');
		assert.equal(status.status, 200, status.text);
		assert.deepEqual(Object.keys(status.json.data).sort(), ['progress', 'state', 'temperatures', 'timeRemaining']);
		assert.equal(status.json.data.state, 'error');
		const demo = (await call('GET', '/api/public/demo')).json.data;
		assert.equal(demo.recentPrints.length, 10);
		assert.deepEqual(Object.keys(demo.recentPrints[0]).sort(), ['duration', 'finishedAt', 'status']);
		assert.equal(demo.recentPrints[0].duration, 60);
		assert.ok(demo.totals.totalPrints >= 12 && demo.totals.failed >= 4);
		assert.doesNotMatch(JSON.stringify([status.json, demo]), /secret|Id"/);
	});
	await test('R-274 S-017 a claimed address counts only behind a proxy that the configuration names', async () => {
		const file = join(stack.dir, 'etc/nginx.conf'), text = readFileSync(file, 'utf8');
		const serve = async (conf) => {
			writeFileSync(file, conf);
			await stack.services.nginx.stop();
			await stack.start('nginx');
			await until('nginx is back', async () => (await call('GET', '/health')).status === 200);
		};
		const noted = async (ip) => {
			await call('POST', '/api/auth/login', { json: { email: 'proxied@platen.test', password: 'x' }, headers: { 'x-forwarded-for': ip, 'x-real-ip': ip, forwarded: `for=${ip}` } });
			return Number(stack.sql(`SELECT count(*) FROM system_events WHERE event_type = 'auth.login_failed' AND ip_address = '${ip}'`)[0][0]);
		};
		assert.equal(await noted('203.0.113.5'), 0);
		const named = text.replace('#set_real_ip_from 192.0.2.1;', 'set_real_ip_from 127.0.0.1;').replace('#real_ip_header', 'real_ip_header');
		assert.notEqual(named, text);
		await serve(named);
		assert.equal(await noted('203.0.113.6'), 1);
		await serve(text);
		assert.equal(await noted('203.0.113.7'), 0);
	});
	await restartWith({ 'demo.enabled': 'off', 'auth.registration': 'open' });
}
