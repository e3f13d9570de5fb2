// SPDX-License-Identifier: Apache-2.0
// Administration of accounts, own and others' passwords, what ends sessions (S-010, S-011, S-031).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export async function peopleTests(suite, stack, { tokens, id }) {
	const test = (name, body) => suite.test(name, body);
	const call = (method, path, json, token = stack.token) => stack.call(method, path, { token, json });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? ''}`.trim();
	const me = async (token) => code(await call('GET', '/api/auth/me', undefined, token));
	const login = (email, password) => call('POST', '/api/auth/login', { email, password }, null);
	let pia;

	await test('an ADMIN makes an account, whose owner signs in', async () => {
		const r = await call('POST', '/api/users', { email: 'pia@platen.test', username: 'pia', password: 'a good pass phrase', role: 'OPERATOR' });
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.data.user.role, 'OPERATOR');
		assert.equal(r.json.data.temporaryPassword, undefined);
		assert.equal(r.json.data.user.organizationId, stack.org);
		pia = r.json.data.user.id;
		assert.equal((await login('pia@platen.test', 'a good pass phrase')).status, 200);
		const twin = await call('POST', '/api/users', { email: 'PIA@platen.test', username: 'pia2', password: 'a good pass phrase' });
		assert.equal(`${code(twin)} ${twin.json.error.details.field}`, '409 CONFLICT email');
	});
	await test('without a password one is made and told once', async () => {
		const r = await call('POST', '/api/users', { email: 'tom@platen.test', username: 'tom' });
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.data.user.role, 'VIEWER');
		assert.ok(r.json.data.temporaryPassword.length >= 22);
		assert.equal((await login('tom@platen.test', r.json.data.temporaryPassword)).status, 200);
		assert.doesNotMatch((await call('GET', `/api/users/${r.json.data.user.id}`)).text, /temporaryPassword|hash/);
	});
	await test('accounts are an ADMIN\'s matter; no field of a body becomes a column', async () => {
		for (const [method, path] of [['POST', '/api/users'], ['PATCH', `/api/users/${pia}`], ['DELETE', `/api/users/${pia}`], ['POST', `/api/users/${pia}/reset-password`]])
			for (const token of [tokens.viewer, tokens.operator])
				assert.equal(code(await call(method, path, method === 'DELETE' ? undefined : {}, token)), '403 FORBIDDEN', `${method} ${path}`);
		const r = await call('PATCH', `/api/users/${pia}`, { id: randomUUID(), email: 'x@x.test', password_hash: 'x', createdAt: '2001-01-01T00:00:00Z' });
		assert.equal(r.status, 200);
		assert.deepEqual([r.json.data.user.id, r.json.data.user.email], [pia, 'pia@platen.test']);
	});
	await test('a role is one of three, an activity is a boolean', async () => {
		const r = await call('PATCH', `/api/users/${pia}`, { role: 'ROOT', isActive: 'no' });
		assert.deepEqual(r.json.error.details.map((d) => d.path[0]), ['role', 'isActive']);
	});
	await test('S-010 disabling ends every session at once', async () => {
		const t = (await login('pia@platen.test', 'a good pass phrase')).json.data;
		assert.equal(await me(t.accessToken), '200');
		assert.equal((await call('PATCH', `/api/users/${pia}`, { isActive: false })).json.data.user.isActive, false);
		assert.match(await me(t.accessToken), /^401 /);
		assert.equal(code(await call('POST', '/api/auth/refresh', { refreshToken: t.refreshToken }, null)).slice(0, 3), '401');
		assert.equal(code(await login('pia@platen.test', 'a good pass phrase')), '401 INVALID_CREDENTIALS');
		assert.equal((await call('PATCH', `/api/users/${pia}`, { isActive: true })).status, 200);
		assert.equal(await me(t.accessToken), '401 INVALID_TOKEN', 'the old session does not come back');
	});
	await test('S-010 an own new password keeps this session and ends the others', async () => {
		const [here, there] = [(await login('pia@platen.test', 'a good pass phrase')).json.data, (await login('pia@platen.test', 'a good pass phrase')).json.data];
		const change = (currentPassword, newPassword) => call('POST', '/api/auth/change-password', { currentPassword, newPassword }, here.accessToken);
		assert.equal(code(await change('not it at all', 'another good phrase')), '401 INVALID_CREDENTIALS');
		assert.equal(code(await change('a good pass phrase', 'short')), '400 VALIDATION_ERROR');
		assert.equal(code(await change('a good pass phrase', 'password123')), '400 VALIDATION_ERROR');
		assert.equal(await me(there.accessToken), '200', 'refusals end nothing');
		assert.equal((await change('a good pass phrase', 'another good phrase')).status, 200);
		assert.equal(await me(here.accessToken), '200');
		assert.equal(await me(there.accessToken), '401 INVALID_TOKEN');
		assert.equal(code(await call('POST', '/api/auth/refresh', { refreshToken: there.refreshToken }, null)), '401 INVALID_TOKEN');
		assert.equal(code(await login('pia@platen.test', 'a good pass phrase')), '401 INVALID_CREDENTIALS');
		assert.equal((await login('pia@platen.test', 'another good phrase')).status, 200);
	});
	await test('S-010 a reset by an ADMIN ends all sessions', async () => {
		const t = (await login('pia@platen.test', 'another good phrase')).json.data;
		const r = await call('POST', `/api/users/${pia}/reset-password`, {});
		assert.equal(r.status, 200, r.text);
		assert.equal(await me(t.accessToken), '401 INVALID_TOKEN');
		assert.equal((await login('pia@platen.test', r.json.data.temporaryPassword)).status, 200);
		assert.equal((await call('POST', `/api/users/${pia}/reset-password`, { password: 'one more good phrase' })).json.data.temporaryPassword, undefined);
		assert.equal((await login('pia@platen.test', 'one more good phrase')).status, 200);
		assert.equal(code(await call('POST', `/api/users/${randomUUID()}/reset-password`, {})), '404 NOT_FOUND');
	});
	await test('S-011 others\' passwords and keys only to who has signed in lately, or gives the password', async () => {
		const old = (await stack.signIn(stack.admin)).accessToken;
		stack.sql(`UPDATE sessions SET created_at = now() - interval '1 hour' WHERE user_id = '${id.admin ?? Object.values(id)[0]}'`);
		stack.sql("UPDATE sessions SET created_at = now() - interval '1 hour' WHERE user_id IN (SELECT id FROM users WHERE role = 'ADMIN')");
		const key = (json) => call('POST', `/api/organizations/${stack.org}/api-key`, json, old);
		const before = stack.sql(`SELECT api_key_hash FROM organizations WHERE id = '${stack.org}'`);
		assert.equal(code(await key({})), '403 FORBIDDEN');
		assert.equal(code(await call('POST', `/api/users/${pia}/reset-password`, {}, old)), '403 FORBIDDEN');
		assert.equal(code(await key({ currentPassword: 'not mine' })), '401 INVALID_CREDENTIALS');
		assert.deepEqual(stack.sql(`SELECT api_key_hash FROM organizations WHERE id = '${stack.org}'`), before);
		assert.equal((await login('pia@platen.test', 'one more good phrase')).status, 200);
		assert.equal((await key({ currentPassword: stack.admin.password })).status, 201);
		await stack.signIn();
		tokens.admin = stack.token;
	});
	await test('the last ADMIN can be neither demoted, disabled nor deleted', async () => {
		const admin = (await call('GET', '/api/auth/me')).json.data.user.id;
		for (const json of [{ role: 'OPERATOR' }, { isActive: false }]) {
			const r = await call('PATCH', `/api/users/${admin}`, json);
			assert.equal(`${code(r)} ${r.json.error?.message}`, '409 CONFLICT The last administrator must stay');
		}
		assert.equal(code(await call('DELETE', `/api/users/${admin}`)), '409 CONFLICT');
		assert.equal(await me(stack.token), '200');
	});
	await test('two ADMINs who demote each other at once: one stays', async () => {
		const second = (await call('POST', '/api/users', { email: 'two@platen.test', username: 'two', password: 'a good pass phrase', role: 'ADMIN' })).json.data.user.id;
		const first = (await call('GET', '/api/auth/me')).json.data.user.id;
		const token = (await login('two@platen.test', 'a good pass phrase')).json.data.accessToken;
		const [a, b] = await Promise.all([call('PATCH', `/api/users/${second}`, { role: 'VIEWER' }), call('PATCH', `/api/users/${first}`, { role: 'VIEWER' }, token)]);
		assert.equal(Number(stack.sql("SELECT count(*) FROM users WHERE role = 'ADMIN' AND is_active")[0][0]), 1, `${a.text} ${b.text}`);
		stack.sql(`UPDATE users SET role = 'ADMIN' WHERE id = '${first}'`);
		assert.equal((await call('DELETE', `/api/users/${second}`)).status, 200);
	});
	await test('S-031 a deleted account: sessions end, files stay, unfinished jobs refuse it', async () => {
		const token = (await login('pia@platen.test', 'one more good phrase')).json.data.accessToken;
		const form = new FormData();
		form.set('file', new Blob([';FLAVOR:Marlin\nG28\nG1 X1 E1\n']), 'of-pia.gcode');
		const file = (await stack.call('POST', '/api/files/upload', { token, body: form })).json.data.file.id;
		const job = await call('POST', '/api/print-jobs', { organizationId: stack.org, product_id: file }, token);
		assert.equal(job.status, 201, job.text);
		assert.equal(code(await call('DELETE', `/api/users/${pia}`)), '409 CONFLICT');
		assert.equal(await me(token), '200');
		assert.equal((await call('POST', `/api/print-jobs/${job.json.id}/cancel`, { organizationId: stack.org })).status, 200);
		assert.deepEqual((await call('DELETE', `/api/users/${pia}`)).json, { success: true, data: { success: true } });
		assert.match(await me(token), /^401 /);
		assert.equal((await call('GET', `/api/files/${file}`)).status, 200);
		assert.equal((await call('GET', `/api/jobs/${job.json.id}`)).json.data.job.user, null);
		assert.equal(code(await call('GET', `/api/users/${pia}`)), '404 NOT_FOUND');
		assert.equal(code(await call('DELETE', `/api/users/${pia}`)), '404 NOT_FOUND');
	});
	await test('own notifications are read one by one and all at once; others\' are not there', async () => {
		for (let i = 0; i < 3; i++)
			stack.sql(`INSERT INTO notifications (user_id, type, title, message) VALUES ('${id.vera}', 'INFO', 'n${i}', 'm')`);
		const list = async (q = '') => (await call('GET', `/api/notifications${q}`, undefined, tokens.viewer)).json.data;
		const all = await list();
		assert.equal(all.total, 3);
		assert.equal(all.notifications[0].isRead, false);
		const one = all.notifications[0].id;
		assert.equal(code(await call('POST', `/api/notifications/${one}/read`, undefined, tokens.operator)), '404 NOT_FOUND');
		assert.equal((await call('POST', `/api/notifications/${one}/read`, undefined, tokens.viewer)).json.data.notification.isRead, true);
		assert.equal((await list('?unread=true')).total, 2);
		assert.equal((await call('POST', '/api/notifications/read-all', undefined, tokens.viewer)).json.data.updated, 2);
		assert.equal((await list('?unread=true')).total, 0);
	});
}
