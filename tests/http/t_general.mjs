// SPDX-License-Identifier: Apache-2.0
// Rules of all operations (contract §12.1): forms of refusals, their order, CORS, headers, HEAD.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { exchange } from './request.mjs';
import { until } from '../lib/stack.mjs';

const hardening = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'x-dns-prefetch-control': 'off',
	'x-download-options': 'noopen', 'x-permitted-cross-domain-policies': 'none', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-site', 'origin-agent-cluster': '?1' };

async function restartWith(stack, more) {
	const before = { ...stack.config };
	Object.assign(stack.config, more);
	writeFileSync(stack.configFile, Object.entries(stack.config).filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	await stack.services.cgi.stop();
	await stack.start('cgi');
	await until('the workers are back', async () => (await stack.call('GET', '/health', { token: null })).status === 200);
	return before;
}

export async function generalTests(suite, stack, { tokens, values }) {
	const send = (method, path, { token, body, headers = {}, type = 'application/json' } = {}) => exchange(stack.url, { method, path, body,
		headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }), ...headers } });
	const p = `organizationId=${stack.org}`;
	const formP = (a, status) => assert.ok(a.status === status && typeof a.json?.error === 'string' && !('success' in a.json), `${a.status} ${a.text}`);
	const formL = (a, status, code) => assert.ok(a.status === status && a.json?.success === false && a.json.error.code === code && a.json.error.message.length > 0, `${a.status} ${a.text}`);

	await suite.test('R-001 both families answer on one listener', async () => {
		assert.equal((await send('GET', '/health')).json.status, 'healthy');
		assert.equal((await send('GET', '/api/health')).json.status, 'ok');
		assert.equal((await send('GET', `/api/printers?${p}`, { token: tokens.viewer })).status, 200);
		assert.equal((await send('GET', '/api/jobs', { token: tokens.viewer })).status, 200);
	});
	await suite.test('R-002 unknown paths: each family in its own form, with and without a token', async () => {
		for (const token of [undefined, tokens.admin]) {
			for (const path of ['/api/printers/x/y', '/api/print-jobs/x/y/z', '/api/printer-commands/x/y/z', '/api/printer-status/x', '/api/products/x/y', '/health/x'])
				formP(await send('GET', path, { token }), 404);
			for (const path of ['/api', '/api/', '/api/nope', '/api/printersx', '/api/jobs/x/y/z', '/api/files/x/y', '/api/openapi.xml'])
				formL(await send('GET', path, { token }), 404, 'NOT_FOUND');
		}
	});
	await suite.test('R-003 a wrong method on a known path: 405, Allow, the form of the family; OPTIONS the same list', async () => {
		const a = await send('PATCH', `/api/printers/${randomUUID()}`, { token: tokens.admin });
		formP(a, 405);
		assert.equal(a.headers.allow, 'GET, HEAD, PUT, DELETE, OPTIONS');
		const b = await send('PUT', '/api/jobs', { token: tokens.admin });
		formL(b, 405, 'METHOD_NOT_ALLOWED');
		assert.equal(b.headers.allow, 'GET, HEAD, OPTIONS');
		assert.equal((await send('OPTIONS', '/api/jobs')).headers.allow, b.headers.allow);
	});
	await suite.test('R-004 bodies that are no JSON object, too large or of another type, in both forms', async () => {
		const family = [['/api/printers', formP], ['/api/jobs/start', (a, status) => formL(a, status, { 400: 'VALIDATION_ERROR', 413: 'PAYLOAD_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE' }[status])]];
		for (const [path, form] of family) {
			const post = (body, type) => send('POST', path, { token: tokens.admin, body, type });
			for (const body of ['{', '[1]', '"x"', 'null', '1', '{"a":1}x', '{"a":01}', '{"a":NaN}', '{"a":1,"a":2}', '{"a":"\xff"}', '\ufeff{}', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`])
				form(await post(Buffer.from(body, body.includes('\xff') ? 'latin1' : 'utf8')), 400);
			form(await post(JSON.stringify({ name: 'x'.repeat(1 << 20) })), 413);
			for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
				form(await post('{}', type), 415);
			assert.equal((await post('{"x":1}', 'application/json; charset=UTF-8')).status, 400, 'missing fields, not the type');
		}
	});
	await suite.test('R-005 times with milliseconds and Z, numbers as numbers, null where there is nothing', async () => {
		const made = (await send('POST', '/api/printers', { token: tokens.admin, body: JSON.stringify({ organizationId: stack.org, name: 'General', max_build_volume_x: 220.5 }) })).json;
		for (const name of ['created_at', 'updated_at'])
			assert.match(made[name], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		assert.deepEqual([made.max_build_volume_x, made.default_nozzle_size, made.num_ams_units], [220.5, 0.4, 0]);
		for (const name of ['brand', 'model', 'last_seen_at', 'current_job_id', 'max_nozzle_temp', 'custom_fields'])
			assert.ok(name in made && made[name] === null, name);
		values.general = made.id;
	});
	await suite.test('R-006 a malformed UUID: 404 in the path, 400 naming the field elsewhere', async () => {
		for (const id of ['1', 'x', '{5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f}', '5c0c1f0e0b1d4a529d2e3f1b1c2d3e4f', "5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f'"]) {
			formP(await send('GET', `/api/printers/${encodeURIComponent(id)}?${p}`, { token: tokens.viewer }), 404);
			formL(await send('GET', `/api/jobs/${encodeURIComponent(id)}`, { token: tokens.viewer }), 404, 'NOT_FOUND');
		}
		const query = await send('GET', '/api/printers?organizationId=x', { token: tokens.viewer });
		formP(query, 400);
		assert.equal(query.json.field, 'organizationId');
		const body = await send('POST', '/api/jobs/start', { token: tokens.operator, body: '{"fileId":"x"}' });
		formL(body, 400, 'VALIDATION_ERROR');
		assert.deepEqual(body.json.error.details[0].path, ['fileId']);
		assert.equal((await send('GET', `/api/printers/${values.general.toUpperCase()}?${p}`, { token: tokens.viewer })).json.id, values.general, 'any case of letters reads');
	});
	await suite.test('R-007 S-024 unknown fields are ignored and can assign nothing', async () => {
		const a = await send('PUT', `/api/printers/${values.general}`, { token: tokens.admin, body: JSON.stringify({ organizationId: stack.org, location: 'Here', id: randomUUID(),
			organization_id: randomUUID(), created_at: '2001-01-01T00:00:00Z', created_by: null, current_status: 'idle', nonsense: { deep: [1] }, __proto__: { x: 1 } }) });
		assert.equal(a.status, 200);
		assert.deepEqual([a.json.id, a.json.organization_id, a.json.current_status, a.json.location], [values.general, stack.org, 'offline', 'Here']);
		assert.ok(!a.json.created_at.startsWith('2001') && !('nonsense' in a.json));
	});
	await suite.test('R-009 S-039 hardening headers on every kind of answer; nothing about what runs here', async () => {
		const answers = [await send('GET', '/health'), await send('GET', '/api/nope'), await send('PATCH', '/api/jobs'), await send('GET', '/api/jobs'),
			await send('POST', '/api/jobs/start', { token: tokens.viewer, body: '{}' }), await send('POST', '/api/printers', { token: tokens.admin, body: '{' }),
			await send('OPTIONS', '/api/jobs'), await send('GET', '/sign-in'), await send('HEAD', '/api/health'), await send('GET', '/api/openapi.json'),
			await send('POST', '/api/printers', { token: tokens.admin, body: 'x', type: 'text/plain' })];
		for (const a of answers) {
			for (const [name, value] of Object.entries(hardening))
				assert.equal(a.headers[name], value, `${name} on ${a.status}`);
			assert.match(a.headers['content-security-policy'], /default-src 'self'.*object-src 'none'.*frame-ancestors 'none'/);
			assert.equal(a.headers['x-powered-by'], undefined);
			assert.doesNotMatch(a.headers.server ?? '', /\d/, 'no version of the web server');
			assert.ok(a.headers['x-request-id']);
		}
	});
	await suite.test('R-012 S-056 refusals show no SQL, path or trace', async () => {
		const odd = ["'", '\u0000', '%s%n', '../../etc/passwd', '$(id)', 'x'.repeat(9999)];
		for (const o of odd)
			for (const a of [await send('GET', `/api/files?search=${encodeURIComponent(o)}&folder=${encodeURIComponent(o.slice(0, 300))}`, { token: tokens.viewer }),
				await send('GET', `/api/printers?${p}&status=${encodeURIComponent(o)}`, { token: tokens.viewer }),
				await send('POST', '/api/auth/login', { body: JSON.stringify({ email: o, password: o }) })])
				assert.doesNotMatch(a.text, /SELECT|INSERT|relation|syntax error|\.c:\d|\/usr\/|\/home\/|\/tmp\/|sqlstate|libpq|stack/i, a.text.slice(0, 300));
	});
	await suite.test('design §11: the order of refusals', async () => {
		const bad = { body: '{', type: 'text/plain' };
		assert.equal((await send('POST', '/api/nope', bad)).status, 404, 'an unknown route before everything');
		assert.equal((await send('PATCH', '/api/jobs/start', bad)).status, 405, 'the method before the token');
		assert.equal((await send('POST', '/api/jobs/start', bad)).status, 401, 'the token before the body');
		assert.equal((await send('POST', '/api/jobs/start', { ...bad, token: tokens.viewer })).status, 403, 'the role before the body');
		assert.equal((await send('POST', '/api/jobs/start', { ...bad, token: tokens.operator })).status, 415, 'then the type');
		assert.equal((await send('POST', '/api/printers', { token: tokens.operator, body: JSON.stringify({ organizationId: values.foreign ?? randomUUID(), name: '' }) })).status, 400,
			'what a body lacks before whose organisation it names');
		assert.equal((await send('PUT', `/api/printers/${randomUUID()}`, { token: tokens.operator, body: JSON.stringify({ organizationId: values.outsiderOrg, location: 'x' }) })).status, 403,
			'the organisation before the row');
		assert.equal((await send('PUT', `/api/printers/${randomUUID()}`, { token: tokens.operator, body: JSON.stringify({ organizationId: stack.org, location: 'x' }) })).status, 404);
		assert.equal((await send('POST', `/api/jobs/${randomUUID()}/pause`, { token: tokens.operator })).status, 404, 'the row before its state');
	});
	await suite.test('HEAD is answered wherever GET is, with the headers of GET and no body', async () => {
		for (const path of ['/health', '/api/health', '/api/jobs', `/api/printers?${p}`, `/api/printers/${values.general}?${p}`, '/api/openapi.json', '/sign-in', '/api/jobs/current']) {
			const [get, head] = [await send('GET', path, { token: tokens.viewer }), await send('HEAD', path, { token: tokens.viewer })];
			assert.deepEqual([head.status, head.bytes.length, head.headers['content-type']], [get.status, 0, get.headers['content-type']], path);
		}
	});

	await suite.test('R-296 the curl lines of the PrintPro3D seed, with a real token and ids', () => {
		const curl = (...args) => JSON.parse(execFileSync('curl', ['-sS', '--fail', '--max-time', '20', ...args], { encoding: 'utf8' }));
		assert.equal(curl(`${stack.url}/health`).status, 'healthy');
		const made = curl('-X', 'POST', `${stack.url}/api/printers`, '-H', `Authorization: Bearer ${tokens.admin}`, '-H', 'Content-Type: application/json',
			'-d', `{\n    "organizationId": "${stack.org}",\n    "name": "Test Printer",\n    "ip_address": "192.168.1.100"\n  }`);
		assert.deepEqual([made.name, made.ip_address, made.organization_id], ['Test Printer', '192.168.1.100', stack.org]);
		const list = curl(`${stack.url}/api/printers?organizationId=${stack.org}`, '-H', `Authorization: Bearer ${tokens.admin}`);
		assert.ok(list.some((row) => row.id === made.id));
	});

	const before = await restartWith(stack, { 'log.level': 'http', 'web.cors_origin': 'https://app.example, https://other.example:8443' });
	await suite.test('R-010 the request id: taken when well formed, else made; in the answer and in the log', async () => {
		const own = `test-${randomUUID()}`;
		assert.equal((await send('GET', '/api/health', { headers: { 'x-request-id': own } })).headers['x-request-id'], own);
		await until('its line in the log', () => stack.log('cgi').split('\n').some((line) => line.includes(own) && line.includes('/api/health')));
		for (const bad of ['a b', 'x'.repeat(65), 'a"b', '<x>']) {
			const id = (await send('GET', '/api/health', { headers: { 'x-request-id': bad } })).headers['x-request-id'];
			assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
		}
	});
	await suite.test('R-008 CORS: listed origins are echoed with credentials; preflight is 204 and says what may be sent', async () => {
		for (const origin of ['https://app.example', 'https://other.example:8443'])
			for (const [method, path, status] of [['GET', '/health', 200], ['GET', '/api/jobs', 401], ['GET', '/api/nope', 404]]) {
				const a = await send(method, path, { headers: { origin } });
				assert.deepEqual([a.status, a.headers['access-control-allow-origin'], a.headers['access-control-allow-credentials']], [status, origin, 'true']);
				assert.match(a.headers.vary, /Origin/);
				assert.match(a.headers['access-control-expose-headers'], /X-Total-Count/);
			}
		const pre = await send('OPTIONS', '/api/jobs/start', { headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type' } });
		assert.equal(pre.status, 204);
		assert.match(pre.headers['access-control-allow-methods'], /POST/);
		assert.match(pre.headers['access-control-allow-headers'], /Authorization.*Content-Type/);
		assert.equal(pre.headers['access-control-allow-origin'], 'https://app.example');
	});
	await suite.test('R-008 S-040 CORS: no other origin gets a header, however near', async () => {
		for (const origin of ['https://evil.example', 'null', 'http://app.example', 'https://app.example:444', 'https://sub.app.example', 'https://app.example.evil', 'https://APP.example', 'https://app.example/', 'https://app.example,', ' '])
			for (const method of ['GET', 'OPTIONS']) {
				const a = await send(method, '/api/health', { headers: { origin } });
				assert.equal(a.status, method === 'GET' ? 200 : 204);
				for (const name of ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-methods'])
					assert.equal(a.headers[name], undefined, `${name} for ${origin}`);
			}
		assert.equal((await send('GET', '/api/health')).headers['access-control-allow-origin'], undefined);
	});
	await restartWith(stack, { 'demo.enabled': 'true' });
	await suite.test('R-299 public pages in demo mode: state and figures without a token, no names', async () => {
		const status = await send('GET', '/api/public/status'), demo = await send('GET', '/api/public/demo');
		assert.deepEqual([status.status, demo.status], [200, 200], status.text + demo.text);
		assert.deepEqual(Object.keys(status.json.data).sort(), ['progress', 'state', 'temperatures', 'timeRemaining']);
		assert.ok(Array.isArray(demo.json.data.recentPrints) && typeof demo.json.data.totals.totalPrints === 'number');
		for (const name of ['General', 'Test Printer', 'vase', 'olga', 'vera', 'admin@', stack.org])
			assert.ok(!status.text.includes(name) && !demo.text.includes(name), name);
		assert.equal((await send('GET', '/api/jobs')).status, 401, 'and nothing else');
	});
	stack.config = before;
	await restartWith(stack, {});
}
