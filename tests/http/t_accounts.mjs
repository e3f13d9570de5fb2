// SPDX-License-Identifier: Apache-2.0
// Accounts and sessions by number: R-013 ... R-037, S-001 ... S-020, S-032.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../lib/stack.mjs';

const now = () => Math.floor(Date.now() / 1000);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

export async function accountTests(suite, stack, { sign, tokens, id }) {
	const test = (name, body) => suite.test(name, body);
	const post = (path, json, token = null, headers = {}) => stack.call('POST', path, { token, json, headers });
	const me = (token, path = '/api/auth/me') => stack.call('GET', path, { token });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? r.json?.error ?? ''}`.trim();
	const p = `/api/printers?organizationId=${stack.org}`;
	const person = { email: 'Ada.L@platen.test', username: 'ada', password: 'a good pass phrase' };
	const login = (email = person.email, password = person.password) => post('/api/auth/login', { email, password });
	const own = (more = {}) => ({ userId: id.olga, organizationId: stack.org, exp: now() + 600, ...more });

	await test('R-013 register makes a VIEWER and both tokens; no hash anywhere', async () => {
		const r = await post('/api/auth/register', { ...person, role: 'ADMIN', organizationId: randomUUID(), isActive: false, id: id.olga });
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.data.user.role, 'VIEWER');
		assert.equal(r.json.data.user.isActive, true);
		assert.equal(r.json.data.user.organizationId, stack.org);
		assert.ok(r.json.data.accessToken && r.json.data.refreshToken);
		assert.doesNotMatch(r.text, /\$2[aby]\$|hash/i);
		assert.notEqual(r.json.data.user.id, id.olga);
	});
	await test('R-014 the same address or name in any case is taken', async () => {
		for (const [change, field] of [[{ username: 'other', email: 'ADA.l@PLATEN.test' }, 'email'], [{ email: 'b@platen.test', username: 'ADA' }, 'username']]) {
			const r = await post('/api/auth/register', { ...person, ...change });
			assert.equal(code(r), '409 CONFLICT');
			assert.equal(r.json.error.details.field, field);
		}
	});
	await test('R-015 one issue for each bad field', async () => {
		const r = await post('/api/auth/register', { email: 'ada', username: 'ab', password: '1234567' });
		assert.deepEqual(r.json.error.details.map((d) => d.path.join('.')), ['email', 'username', 'password']);
		const long = await post('/api/auth/register', { email: 'long@platen.test', username: 'long', password: 'x'.repeat(73) });
		assert.deepEqual(long.json.error.details.map((d) => [d.path[0], d.code]), [['password', 'too_big']]);
	});
	await test('R-016 R-019 sign-in: user, both tokens, lastLoginAt; and again at the top', async () => {
		const r = await login();
		assert.equal(r.status, 200);
		assert.ok(Date.now() - Date.parse(r.json.data.user.lastLoginAt) < 60000);
		assert.match(r.json.data.user.lastLoginAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		assert.equal(r.json.tokens.accessToken, r.json.data.accessToken);
		assert.equal(r.json.tokens.refreshToken, r.json.data.refreshToken);
		assert.deepEqual(r.json.user, r.json.data.user);
		assert.equal(typeof r.json.message, 'string');
	});
	await test('R-017 S-014 unknown, wrong, inactive: one answer, about one time', async () => {
		await stack.user('idle', 'VIEWER');
		stack.sql("UPDATE users SET is_active = false WHERE username = 'idle'");
		const tries = { unknown: ['nobody@platen.test', 'a bad pass phrase'], wrong: [person.email, 'a bad pass phrase'], inactive: ['idle@platen.test', 'password of idle'] };
		const took = { unknown: [], wrong: [], inactive: [] }, bodies = new Set();
		for (let i = 0; i < 9; i++)
			for (const [what, [email, password]] of Object.entries(tries)) {
				const began = performance.now(), r = await login(email, password);
				took[what].push(performance.now() - began);
				bodies.add(`${r.status} ${r.text}`);
			}
		assert.equal(bodies.size, 1, [...bodies].join('\n'));
		assert.match([...bodies][0], /^401 .*INVALID_CREDENTIALS/);
		const [a, b, c] = Object.values(took).map(median);
		assert.ok(Math.max(a, b, c) < 2 * Math.min(a, b, c) + 5, `${a} ${b} ${c} ms`);
	});
	await test('R-018 the token of the body authorises /api/printer/status', async () => {
		const token = (await login()).json.data.accessToken;
		const r = await stack.call('GET', '/api/printer/status', { token });
		assert.ok([200, 404].includes(r.status) && r.json.error?.message !== 'Authentication required', r.text);
	});
	await test('R-020 S-009 a refresh token works once; used again it ends its session, which is noted', async () => {
		const first = (await login()).json.data, refresh = (t) => post('/api/auth/refresh', { refreshToken: t });
		const second = await refresh(first.refreshToken);
		assert.equal(second.status, 200);
		assert.equal((await me(second.json.data.accessToken)).status, 200);
		assert.equal(code(await refresh(first.refreshToken)), '401 INVALID_TOKEN');
		assert.equal(code(await refresh(second.json.data.refreshToken)), '401 INVALID_TOKEN');
		assert.equal(code(await me(second.json.data.accessToken)), '401 INVALID_TOKEN');
		assert.ok(Number(stack.sql("SELECT count(*) FROM system_events WHERE event_type = 'auth.refresh_reuse'")[0][0]) > 0);
	});
	await test('R-021 S-006 access and refresh tokens are not each other', async () => {
		const t = (await login()).json.data;
		assert.equal(code(await post('/api/auth/refresh', { refreshToken: t.accessToken })), '401 INVALID_TOKEN');
		assert.equal(code(await me(t.refreshToken)), '401 INVALID_TOKEN');
		assert.equal(code(await post('/api/auth/refresh', {})), '400 VALIDATION_ERROR');
	});
	await test('R-022 after signing out the token is dead', async () => {
		const t = (await login()).json.data, r = await post('/api/auth/logout', undefined, t.accessToken);
		assert.deepEqual(r.json, { success: true, data: { success: true } });
		assert.equal(code(await me(t.accessToken)), '401 INVALID_TOKEN');
		assert.equal(code(await post('/api/auth/refresh', { refreshToken: t.refreshToken })), '401 INVALID_TOKEN');
	});
	await test('R-023 me and profile are the same', async () => {
		const [a, b] = [await me(tokens.viewer), await me(tokens.viewer, '/api/auth/profile')];
		assert.equal(a.status, 200);
		assert.equal(a.text, b.text);
	});
	await test('R-024 R-025 R-026 S-018 no token, an expired one, none of ours', async () => {
		const said = async (token, headers) => {
			const r = await stack.call('GET', '/api/files', { token, headers });
			return `${r.status} ${r.json.error.code}: ${r.json.error.message}`;
		};
		assert.equal(await said(null), '401 UNAUTHORIZED: Authentication required');
		assert.equal(await said(null, { authorization: 'Basic YTpi' }), '401 UNAUTHORIZED: Authentication required');
		assert.equal(await said(sign(own({ exp: now() - 5 }))), '401 TOKEN_EXPIRED: Token has expired');
		const bad = '401 INVALID_TOKEN: Invalid authentication token';
		for (const token of ['garbage', sign(own(), { secret: 'x'.repeat(40) }), sign(own(), { header: { alg: 'none' } }), sign(own(), { header: { alg: 'RS256', typ: 'JWT' } })])
			assert.equal(await said(token), bad);
	});
	await test('R-027 R-033 a user that is unknown or inactive', async () => {
		assert.equal(code(await me(sign(own({ userId: randomUUID() })))), '401 USER_NOT_FOUND');
		const idle = stack.sql("SELECT id FROM users WHERE username = 'idle'")[0][0];
		assert.equal(code(await me(sign(own({ userId: idle })))), '401 USER_NOT_FOUND');
		assert.equal(code(await stack.call('GET', p, { token: sign(own({ userId: idle })) })), '401 Invalid token');
	});
	await test('R-028 a role too low', async () => {
		const r = await post('/api/jobs/start', {}, tokens.viewer);
		assert.equal(`${code(r)} ${r.json.error.message}`, '403 FORBIDDEN Insufficient permissions');
	});
	await test('R-029 family P: no header, expired, invalid are told apart', async () => {
		const said = async (token) => (await stack.call('GET', p, { token })).text;
		assert.equal(await said(null), '{"error":"No token provided"}');
		assert.equal(await said(sign(own({ exp: now() - 5 }))), '{"error":"Token expired"}');
		assert.equal(await said('x'), '{"error":"Invalid token"}');
	});
	await test('R-030 the subject is userId, then sub, then id', async () => {
		const name = async (claims) => (await me(sign({ exp: now() + 60, ...claims }))).json.data?.user.username;
		assert.equal(await name({ userId: id.olga, sub: id.vera, id: id.vera }), 'olga');
		assert.equal(await name({ sub: id.olga, id: id.vera }), 'olga');
		assert.equal(await name({ id: id.olga }), 'olga');
		assert.equal(await name({ userId: '', sub: id.vera }), 'vera');
	});
	await test('R-031 R-032 an external user: its own organisation, made on first use', async () => {
		const org = randomUUID(), token = sign({ userId: randomUUID(), organizationId: org });
		const list = (o, t = token) => stack.call('GET', `/api/printers?organizationId=${o}`, { token: t });
		assert.equal((await list(org)).status, 200);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM organizations WHERE id = '${org}'`), [['1']]);
		assert.equal(code(await list(stack.org)), '403 Insufficient permissions');
		assert.equal(code(await list(stack.org, sign({ userId: randomUUID() }))), '403 Insufficient permissions');
	});
	await test('R-034 a new role counts with the next request', async () => {
		const may = async () => (await post('/api/jobs/start', {}, tokens.operator)).status;
		assert.equal(await may(), 400);
		for (const [role, status] of [['VIEWER', 403], ['OPERATOR', 400]]) {
			assert.equal((await stack.call('PATCH', `/api/users/${id.olga}`, { json: { role } })).status, 200);
			assert.equal(await may(), status);
		}
	});
	await test('R-035 bcrypt of the configured cost; sessions are hashes', () => {
		assert.match(stack.sql("SELECT password_hash FROM users WHERE username = 'ada'")[0][0], /^\$2b\$08\$/);
		for (const [a, b] of stack.sql('SELECT token, refresh_token FROM sessions'))
			assert.ok(/^[0-9a-f]{64}$/.test(a) && /^[0-9a-f]{64}$/.test(b));
	});
	await test('R-036 S-004 no start in production with a missing, short or sample secret', () => {
		const refused = (values) => {
			const file = join(stack.dir, 'weak.conf');
			const all = { ...stack.config, 'core.environment': 'production', 'auth.bcrypt_rounds': 12, ...values };
			writeFileSync(file, Object.entries(all).filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
			const r = spawnSync(program('platen-cgi'), ['--config', file, '--pool', 'api', '--workers', '1'], { encoding: 'utf8', timeout: 20000 });
			assert.notEqual(r.status, 0, JSON.stringify(values));
			assert.equal(r.signal, null, `it started with ${JSON.stringify(values)}`);
			assert.match(r.stderr + r.stdout, /jwt_secret|jwt_refresh_secret|JWT/i);
		};
		for (const secret of [null, 'short', 'your-secret-key', 'x'.repeat(31)])
			refused({ 'auth.jwt_secret': secret });
		refused({ 'auth.jwt_refresh_secret': stack.config['auth.jwt_secret'] });
	});
	await test('R-037 an agent polls and reports, and is refused elsewhere', async () => {
		const agent = sign({ sub: randomUUID(), organizationId: stack.org, role: 'AGENT' });
		assert.equal((await stack.call('GET', '/api/printer-commands/pending?recipientId=a', { token: agent })).status, 200);
		assert.equal((await stack.call('GET', p, { token: agent })).status, 200);
		for (const [method, path, json] of [['POST', '/api/printers', { organizationId: stack.org, name: 'x' }], ['DELETE', `/api/printers/${randomUUID()}?organizationId=${stack.org}`],
			['POST', '/api/print-jobs', { organizationId: stack.org, product_id: randomUUID() }]])
			assert.equal(code(await stack.call(method, path, { token: agent, json })), '403 Insufficient permissions', path);
	});
	const denied = (name, token, want = '401 INVALID_TOKEN') => test(name, async () => assert.equal(code(await me(token)), want));
	await denied('S-001 alg None without signature', sign(own(), { header: { alg: 'nOnE', typ: 'JWT' } }).replace(/[^.]*$/, ''));
	await denied('S-002 HS384 with the right key', sign(own(), { header: { alg: 'HS384', typ: 'JWT' }, hash: 'sha384' }));
	await denied('S-002 HS512 with the right key', sign(own(), { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }));
	await denied('S-003 a public key as secret', sign(own(), { secret: '-----BEGIN PUBLIC KEY-----\nMFwwDQ\n-----END PUBLIC KEY-----\n' }));
	await denied('S-004 an empty signature', sign(own()).replace(/[^.]*$/, ''));
	await denied('S-005 exp as text', sign(own({ exp: '9999999999' })));
	await denied('S-005 exp missing', sign({ userId: id.olga, organizationId: stack.org }));
	await denied('S-005 exp negative', sign(own({ exp: -1 })), '401 TOKEN_EXPIRED');
	await denied('S-005 exp of 2^63', sign(`{"userId":"${id.olga}","exp":9223372036854775808}`));
	await denied('S-005 nbf ahead', sign(own({ nbf: now() + 600 })));
	await denied('S-005 iat far ahead', sign(own({ iat: now() + 90000 })));
	await test('S-008 kid, jku, x5u, jwk in the header fetch nothing and change nothing', async () => {
		for (const more of [{ kid: "' OR 1=1 --" }, { jku: 'http://127.0.0.1:9/' }, { x5u: 'file:///etc/passwd' }, { jwk: { kty: 'oct', k: 'AA' } }]) {
			assert.equal((await me(sign(own(), { header: { alg: 'HS256', typ: 'JWT', ...more } }))).status, 200);
			assert.equal((await me(sign(own(), { header: { alg: 'HS256', typ: 'JWT', ...more }, secret: 'AA' }))).status, 401);
		}
	});
	await test('S-016 passwords: a megabyte, NUL inside, all 72 bytes count', async () => {
		const big = await login(person.email, 'x'.repeat(1 << 20));
		assert.ok([400, 413].includes(big.status));
		assert.equal(code(await login(person.email, 'abc\u0000defgh')), '400 VALIDATION_ERROR');
		const long = { email: 'long@platen.test', username: 'long72', password: 'long phrase '.repeat(6) };
		assert.equal(long.password.length, 72);
		assert.equal((await post('/api/auth/register', long)).status, 201);
		assert.equal((await login(long.email, long.password)).status, 200);
		assert.equal(code(await login(long.email, `${long.password.slice(0, 71)}z`)), '401 INVALID_CREDENTIALS');
		assert.equal(code(await login(long.email, long.password.slice(0, 71))), '401 INVALID_CREDENTIALS');
	});
	await test('S-020 an access token in the address is no token', async () => {
		assert.equal(code(await stack.call('GET', `/api/auth/me?access_token=${tokens.viewer}&token=${tokens.viewer}`, { token: null })), '401 UNAUTHORIZED');
	});
	await test('S-032 twins of a name are the same or refused', async () => {
		for (const username of ['ＡＤＡ', 'ada\u0301', 'а\u0064а', 'ada '])
			assert.equal((await post('/api/auth/register', { email: 'twin@platen.test', username, password: person.password })).status, 400, username);
		for (const email of ['ada.l@pläten.test', 'ａda.l@platen.test'])
			assert.equal((await post('/api/auth/register', { email, username: 'twin', password: person.password })).status, 400, email);
		assert.equal(code(await post('/api/auth/register', { email: 'twin@platen.test', username: 'Ada', password: person.password })), '409 CONFLICT');
		assert.equal((await login('ADA.L@platen.TEST')).status, 200);
	});
}
