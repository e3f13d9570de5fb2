// SPDX-License-Identifier: Apache-2.0
// Tokens with wrong claims, keys and algorithms (S-001 ... S-008).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export async function tokenTests(suite, stack, { values, tokens, sign }) {
	const now = () => Math.floor(Date.now() / 1000);
	const me = stack.sql("SELECT id FROM users WHERE username = 'olga'")[0][0];
	const own = (more = {}) => ({ userId: me, organizationId: stack.org, exp: now() + 600, ...more });
	const ask = async (token, path = '/api/jobs') => {
		const r = await stack.call('GET', path, { token });
		return `${r.status} ${r.json.error?.code ?? r.json.error ?? ''}`.trim();
	};
	const expect = (name, token, want, path) => suite.test(`token: ${name}`, async () => assert.equal(await ask(token, path), want));
	const bad = '401 INVALID_TOKEN', p = `/api/printers?organizationId=${stack.org}`;

	await expect('a good one of our own making', sign(own()), '200');
	await expect('expired', sign(own({ exp: now() - 1 })), '401 TOKEN_EXPIRED');
	await expect('expired, family P', sign(own({ exp: now() - 1 })), '401 Token expired', p);
	await expect('alg none', `${sign(own(), { header: { alg: 'none', typ: 'JWT' } }).replace(/[^.]*$/, '')}`, bad);
	await expect('alg None with a signature', sign(own(), { header: { alg: 'None', typ: 'JWT' } }), bad);
	await expect('HS384 with the right key', sign(own(), { header: { alg: 'HS384', typ: 'JWT' }, hash: 'sha384' }), bad);
	await expect('HS512 with the right key', sign(own(), { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }), bad);
	await expect('RS256 in the header', sign(own(), { header: { alg: 'RS256', typ: 'JWT' } }), bad);
	await expect('another key', sign(own(), { secret: 'x'.repeat(64) }), bad);
	await expect('the refresh key', sign(own(), { secret: stack.config['auth.jwt_refresh_secret'] }), bad);
	await expect('no signature', sign(own()).replace(/[^.]*$/, ''), bad);
	await expect('one changed claim', (() => {
		const [h, , s] = sign(own()).split('.');
		return `${h}.${Buffer.from(JSON.stringify(own({ role: 'ADMIN' }))).toString('base64url')}.${s}`;
	})(), bad);
	await expect('garbage', 'abc.def.ghi', bad);
	await expect('garbage, family P', 'abc', '401 Invalid token', p);
	await expect('5 kB', `${'a'.repeat(5000)}.b.c`, bad);
	for (const [name, exp] of [['a text', '"9999999999"'], ['2^63', '9223372036854775808'], ['null', 'null'], ['a list', '[1]']])
		await expect(`exp is ${name}`, sign(`{"userId":"${me}","exp":${exp}}`), bad);
	for (const [name, exp] of [['negative', '-1'], ['zero', '0'], ['a fraction of a second ago', now() - 0.5]])
		await expect(`R-025 exp is ${name}`, sign(`{"userId":"${me}","exp":${exp}}`), '401 TOKEN_EXPIRED');
	await expect('exp has a fraction', sign(`{"userId":"${me}","exp":9999999999.5}`), '200');
	await expect('no exp, family L', sign({ userId: me }), bad);
	await expect('nbf ahead', sign(own({ nbf: now() + 600 })), bad);
	await expect('iat ahead', sign(own({ iat: now() + 600 })), bad);
	await expect('iat a little ahead', sign(own({ iat: now() + 30 })), '200');
	await expect('made for refreshing', sign(own({ type: 'refresh' })), bad);
	await expect('made for a browser', sign(own({ type: 'browser', sid: randomUUID() })), bad);
	await expect('made for something else', sign(own({ type: 'socket' })), bad);
	await expect('a session that is not there', sign(own({ sid: randomUUID() })), bad);
	await expect('kid and jku are ignored', sign(own(), { header: { alg: 'HS256', typ: 'JWT', kid: "../../dev/null' OR 1", jku: 'http://127.0.0.1:1/' } }), '200');
	await expect('an unknown critical header', sign(own(), { header: { alg: 'HS256', typ: 'JWT', crit: ['x'], x: 1 } }), bad);
	await expect('a subject that is no UUID', sign({ userId: "1' OR '1'='1", exp: now() + 60 }), bad);
	await expect('an organisation that is no UUID', sign(own({ organizationId: 'x' })), bad);
	await expect('the subject in sub', sign({ sub: me, exp: now() + 60 }), '200');
	await expect('the subject in id', sign({ id: me, exp: now() + 60 }), '200');
	await expect('an unknown user in family L', sign(own({ userId: randomUUID() })), '401 USER_NOT_FOUND');
	await expect('an external user without exp in family P', sign({ userId: randomUUID(), organizationId: stack.org }), '200', p);
	await expect('a claim of another organisation is no membership', sign(own({ organizationId: values.outsiderOrg })), '403 Insufficient permissions',
		`/api/printers?organizationId=${values.outsiderOrg}`);

	await suite.test('R-037 an agent is one in any case of the word, and makes no printer', async () => {
		for (const claim of [{ role: 'AGENT' }, { role: 'agent' }, { role: 'Agent' }, { type: 'agent' }]) {
			const token = sign({ sub: randomUUID(), organizationId: stack.org, exp: now() + 60, ...claim });
			const made = await stack.call('POST', '/api/printers', { token, json: { organizationId: stack.org, name: 'by an agent' } });
			assert.deepEqual([made.status, made.json], [403, { error: 'Insufficient permissions' }], JSON.stringify(claim));
			assert.equal((await stack.call('GET', '/api/printer-commands/pending?recipientId=a', { token })).status, 200, JSON.stringify(claim));
		}
	});
	await suite.test('R-034 S-010 a role change acts on the next request', async () => {
		const start = () => stack.call('POST', '/api/jobs/start', { token: tokens.operator, json: {} });
		assert.equal((await start()).status, 400);
		stack.sql("UPDATE users SET role = 'VIEWER' WHERE username = 'olga'");
		assert.equal((await start()).status, 403);
		stack.sql("UPDATE users SET role = 'OPERATOR' WHERE username = 'olga'");
		assert.equal((await start()).status, 400);
	});
	await suite.test('R-027 R-033 a disabled user is refused in both families', async () => {
		stack.sql("UPDATE users SET is_active = false WHERE username = 'vera'");
		assert.equal(await ask(tokens.viewer), '401 USER_NOT_FOUND');
		assert.equal(await ask(tokens.viewer, p), '401 Invalid token');
		stack.sql("UPDATE users SET is_active = true WHERE username = 'vera'");
		assert.equal(await ask(tokens.viewer), '200');
	});
	await suite.test('a stop by a token that names no organisation goes by its user', async () => {
		const [[remote]] = stack.sql(`INSERT INTO printers (organization_id, name) VALUES ('${stack.org}', 'far away') RETURNING id`);
		const [[local]] = stack.sql(`INSERT INTO printers (organization_id, name, connection_type, serial_device)
			VALUES ('${stack.org}', 'near', 'usb', '/dev/ttyS59') RETURNING id`);
		const stop = async (token, printer) => {
			const r = await stack.call('POST', `/api/printer/emergency-stop?printerId=${printer}`, { token });
			return `${r.status} ${r.json.error?.code ?? r.json.data?.status ?? ''}`.trim();
		};
		const less = (more = {}) => sign({ userId: me, role: 'OPERATOR', exp: now() + 600, ...more });
		assert.equal(await stop(less(), remote), '202 pending');
		assert.equal(await stop(less(), local), '503 PRINTER_OFFLINE');
		assert.equal(await stop(less(), randomUUID()), '404 NOT_FOUND');
		assert.equal(await stop(less({ role: 'VIEWER' }), remote), '202 pending', 'the role may have been raised since');
		assert.equal(await stop(tokens.viewer, remote), '403 FORBIDDEN');
		assert.equal(await stop(less({ userId: randomUUID() }), remote), '401 USER_NOT_FOUND');
		assert.equal(await stop(sign({ userId: randomUUID(), organizationId: values.outsiderOrg, role: 'ADMIN', exp: now() + 60 }), remote), '401 USER_NOT_FOUND');
		const orders = stack.sql(`SELECT command_type, status FROM printer_commands WHERE printer_id = '${remote}'`);
		assert.deepEqual(orders, [['emergency_stop', 'pending'], ['emergency_stop', 'pending']]);
		stack.sql(`DELETE FROM printers WHERE id IN ('${remote}', '${local}')`);
	});
	await suite.test('R-035 sessions hold hashes only', () => {
		const rows = stack.sql('SELECT token, refresh_token FROM sessions');
		assert.ok(rows.length > 0 && rows.every(([a, b]) => /^[0-9a-f]{64}$/.test(a) && /^[0-9a-f]{64}$/.test(b)));
		assert.match(stack.sql("SELECT password_hash FROM users WHERE username = 'olga'")[0][0], /^\$2b\$/);
	});
	await suite.test('R-280 sign-ins and refusals are audited with the address', () => {
		const seen = stack.sql("SELECT DISTINCT event_type FROM system_events WHERE ip_address = '127.0.0.1'").map(([t]) => t);
		for (const t of ['auth.login', 'auth.login_failed', 'auth.refresh_reuse', 'auth.logout', 'printer.created', 'file.uploaded'])
			assert.ok(seen.includes(t), `${t} among ${seen}`);
	});
	await suite.test('R-279 no secret is in any log', () => {
		const text = ['cgi', 'nginx'].map((n) => stack.log(n)).join('');
		for (const secret of [stack.admin.password, tokens.operator, stack.config['auth.jwt_secret'], '12345678'])
			assert.ok(!text.includes(secret));
	});
}
