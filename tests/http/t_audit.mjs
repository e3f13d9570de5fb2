// SPDX-License-Identifier: Apache-2.0
// What is noted of all that, and texts that would like to be SQL (R-277, S-050).
import assert from 'node:assert/strict';

export async function auditTests(suite, stack, { tokens, id }) {
	const test = (name, body) => suite.test(name, body);
	const call = (method, path, json, token = tokens.operator, headers = {}) => stack.call(method, path, { token, json, headers });

	await test('R-277 S-050 text that would like to be SQL is text', async () => {
		const nasty = ["'; DROP TABLE print_jobs; --", "' OR '1'='1", '\\', '%', '_', '"', '$1', "x'||(SELECT password_hash FROM users LIMIT 1)||'", '‮', "'::uuid"];
		const tables = () => stack.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
		const before = tables(), q = encodeURIComponent;
		for (const text of nasty) {
			for (const path of [`/api/files?search=${q(text)}`, `/api/files?folder=${q(text)}`, `/api/users?search=${q(text)}`, `/api/settings?category=${q(text)}`, `/api/files?sort=${q(text)}`,
				`/api/jobs?status=${q(text)}`, `/api/files/${q(text)}`, `/api/profiles/${q(text)}`, `/api/printers?organizationId=${q(text)}`,
				`/api/printers?organizationId=${stack.org}&status=${q(text)}`]) {
				const r = await call('GET', path, undefined, stack.token);
				assert.ok(r.status < 500, `${path}: ${r.status} ${r.text}`);
				assert.doesNotMatch(r.text, /\$2[aby]\$|syntax error|SQLSTATE/);
			}
			const named = await call('POST', '/api/printers', { organizationId: stack.org, name: text, location: text, notes: text });
			if (named.status === 201)
				assert.equal(named.json.name, text.trim());
			else
				assert.equal(named.status, 400, named.text);
			assert.ok((await call('POST', '/api/auth/login', { email: text, password: text }, null)).status < 500);
			assert.ok((await call('PUT', '/api/settings', { settings: [{ category: 'sql', key: 'sql', value: text }] }, stack.token)).status === 200);
			assert.equal((await call('GET', '/api/settings?category=sql')).json.data.settings[0].value, text);
		}
		assert.deepEqual(tables(), before);
	});
	await test('R-280 every act is noted with user, organisation, address and browser', async () => {
		const headers = { 'user-agent': 'audit-test/1.0 %n%s' };
		await call('POST', '/api/auth/login', { email: 'olga@platen.test', password: 'password of olga' }, null, headers);
		const job = stack.sql(`SELECT count(*) FROM system_events WHERE user_agent = 'audit-test/1.0 %n%s' AND event_type = 'auth.login' AND user_id = '${id.olga}' AND ip_address = '127.0.0.1'`);
		assert.deepEqual(job, [['1']]);
		const wanted = ['auth.register', 'auth.login', 'auth.login_failed', 'auth.logout', 'auth.refresh_reuse', 'user.created', 'user.updated', 'user.deleted', 'printer.created', 'job.created',
			'command.created', 'file.uploaded', 'file.sliced', 'file.deleted', 'settings.updated', 'profile.created', 'organization.created', 'organization.updated', 'organization.member_set',
			'organization.member_removed', 'apikey.created'];
		const seen = new Set(stack.sql("SELECT DISTINCT event_type FROM system_events WHERE ip_address = '127.0.0.1' AND user_agent IS NOT NULL").map(([t]) => t));
		assert.deepEqual(wanted.filter((w) => !seen.has(w)), [], [...seen].join(' '));
		const anonymous = stack.sql(`SELECT DISTINCT event_type FROM system_events WHERE user_id IS NULL AND description !~ 'external token' AND event_type IN ('${wanted.join("','")}')`).map(([t]) => t);
		assert.deepEqual(anonymous.filter((t) => !['auth.login_failed'].includes(t)), []);
		const homeless = stack.sql(`SELECT DISTINCT event_type FROM system_events WHERE organization_id IS NULL AND event_type IN ('${wanted.join("','")}')`).map(([t]) => t);
		assert.deepEqual(homeless.filter((t) => !['auth.login_failed', 'auth.refresh_reuse', 'auth.logout'].includes(t)), []);
	});
	await test('R-279 no secret in any log or audit row', () => {
		const notes = stack.sql('SELECT description, metadata FROM system_events').flat().join('\n');
		const logs = ['cgi', 'nginx'].map((n) => stack.log(n)).join('\n');
		for (const secret of [stack.admin.password, 'a good pass phrase', 'another good phrase', 'password of olga', tokens.operator, tokens.viewer, stack.config['auth.jwt_secret'], 'canary-code'])
			for (const [where, text] of [['log', logs], ['audit', notes]])
				assert.ok(!text.includes(secret), `${where}: ${secret.slice(0, 12)}`);
		assert.doesNotMatch(logs + notes, /sig=[0-9a-f]{64}|\$2b\$|pk_[A-Za-z0-9_-]{30}/);
	});
	await test('R-280 the audit cannot be changed through the API\'s role', () => {
		for (const text of ['DELETE FROM system_events', "UPDATE system_events SET description = 'x'", "INSERT INTO system_events (event_type, description) VALUES ('x', 'x')"])
			assert.throws(() => stack.sql(`SET ROLE platen_api; ${text}`), /permission denied/, text);
	});
}
