// SPDX-License-Identifier: Apache-2.0
// Lists that workers keep (cgi/kept): sent again while nothing changed, never once something has.
// Each state is asked of all workers at once, many times.
import assert from 'node:assert/strict';
import { until } from '../lib/stack.mjs';

export async function keptTests(suite, stack, { values, tokens }) {
	const list = (more = '', org = stack.org) => `/api/printers?organizationId=${org}${more}`;
	const ask = (path, token) => stack.call('GET', path, { token });
	const everywhere = (path, token, n = 24) => Promise.all(Array.from({ length: n }, () => ask(path, token)));
	/** What all workers answer, twice over so that what was just made is sent again as well. */
	const same = async (what, path, token, see, want) => {
		for (let round = 0; round < 2; round++)
			for (const r of await everywhere(path, token))
				assert.deepEqual(see(r), want, `${what}: ${r.status} ${r.text.slice(0, 200)}`);
	};
	const names = (r) => r.json.map((p) => p.name).join(' ');
	const status = (r) => r.status;
	const behind = (sql) => stack.sql(`SET synchronous_commit = on; SET session_replication_role = replica; ${sql}`); // no trigger tells
	const id = (n) => stack.sql(`SELECT id FROM printers WHERE name = '${n}'`)[0][0];
	const asked = async (method, path, json, want) => {
		const r = await stack.call(method, path, { json: { organizationId: stack.org, ...json } });
		assert.equal(r.status, want, r.text);
	};

	stack.sql('DELETE FROM print_jobs; DELETE FROM printers;');
	for (const name of ['Ada', 'Ben'])
		await asked('POST', '/api/printers', { name, access_code: 'secret-1' }, 201);

	await suite.test('kept: the same list is sent again without being made', async () => {
		await same('before', list(), tokens.viewer, names, 'Ada Ben');
		behind("UPDATE printers SET name = 'Amy' WHERE name = 'Ada'");
		await same('nobody told', list(), tokens.viewer, names, 'Ada Ben');
		assert.equal((await ask(list(), tokens.viewer)).headers.get('x-total-count'), '2');
		await same('another query', list('&limit=1'), tokens.viewer, names, 'Amy');
		stack.sql('SELECT auth.stamp_all()');
		await same('told', list(), tokens.viewer, names, 'Amy Ben');
	});
	await suite.test('kept: every write is seen by every worker at once', async () => {
		const writes = [
			['renamed', () => asked('PUT', `/api/printers/${id('Amy')}`, { name: 'Abe' }, 200), 'Abe Ben'],
			['added', () => asked('POST', '/api/printers', { name: 'Cid' }, 201), 'Abe Ben Cid'],
			['removed', async () => assert.equal((await stack.call('DELETE', `/api/printers/${id('Ben')}?organizationId=${stack.org}`)).status, 200), 'Abe Cid'],
			['by hand', () => stack.sql("UPDATE printers SET name = 'Dan' WHERE name = 'Cid'"), 'Abe Dan'],
		];
		for (const [what, write, want] of writes) {
			await write();
			await same(what, list(), tokens.viewer, names, want);
		}
	});
	await suite.test('kept: 30 changes in a row, each read back by four callers', async () => {
		for (let n = 0; n < 30; n++) {
			await asked('PUT', `/api/printers/${id(n === 0 ? 'Dan' : `Dan ${n - 1}`)}`, { name: `Dan ${n}` }, 200);
			for (const r of await everywhere(list(), tokens.viewer, 4))
				assert.equal(names(r), `Abe Dan ${n}`);
		}
		await asked('PUT', `/api/printers/${id('Dan 29')}`, { name: 'Dan' }, 200);
	});
	await suite.test('kept: live values and reports', async () => {
		const dan = id('Dan'), seen = (r) => r.json.map((p) => `${p.live_status} ${p.nozzle_temp_current}`)[1];
		stack.sql(`INSERT INTO printer_status (organization_id, printer_id, status, nozzle_temp_current) VALUES ('${stack.org}', '${dan}', 'idle', 21)`);
		await same('report', list(), tokens.viewer, seen, 'idle 21');
		stack.sql(`INSERT INTO printer_live (printer_id, organization_id, seq, state, hotend) VALUES ('${dan}', '${stack.org}', nextval('live_seq'), 'printing', 200)`);
		await same('live row', list(), tokens.viewer, seen, 'printing 200');
		stack.sql(`UPDATE printer_live SET hotend = 201 WHERE printer_id = '${dan}'`);
		await same('live value', list(), tokens.viewer, seen, 'printing 201');
		stack.sql('TRUNCATE printer_live');
		await same('no live rows', list(), tokens.viewer, seen, 'idle 21');
	});

	const person = async (name, role) => {
		const token = await stack.user(name, role);
		const user = stack.sql(`SELECT id FROM users WHERE username = '${name}'`)[0][0];
		return { token, user, set: (what) => stack.sql(`UPDATE users SET ${what} WHERE id = '${user}'`) };
	};
	await suite.test('kept: a change of role is seen at once', async () => {
		const { token, set } = await person('kim', 'ADMIN');
		const code = (r) => r.json[0].access_code;
		await same('administrator', list(), token, code, 'secret-1');
		set("role = 'VIEWER'");
		await same('viewer', list(), token, code, '********');
	});
	await suite.test('kept: an account switched off, a member removed, an organisation closed', async () => {
		const { token, user, set } = await person('lea', 'VIEWER');
		const member = (sql) => stack.sql(`${sql.replace('IT', 'organization_members')} user_id = '${user}'`);
		await same('welcome', list(), token, status, 200);
		set('is_active = false');
		await same('switched off', list(), token, status, 401);
		set('is_active = true');
		await same('back', list(), token, status, 200);
		member('DELETE FROM IT WHERE');
		await same('no member', list(), token, status, 403);
		stack.sql(`INSERT INTO organization_members (organization_id, user_id) VALUES ('${stack.org}', '${user}')`);
		await same('member again', list(), token, status, 200);
		stack.sql(`UPDATE organizations SET is_active = false WHERE id = '${stack.org}'`);
		await same('closed', list(), token, status, 403);
		stack.sql(`UPDATE organizations SET is_active = true WHERE id = '${stack.org}'`);
		await same('open', list(), token, status, 200);
	});
	await suite.test('kept: a session that was ended, one that ends by itself', async () => {
		const a = await person('max', 'VIEWER'), b = await person('nora', 'VIEWER');
		await same('welcome', list(), a.token, status, 200);
		assert.equal((await stack.call('POST', '/api/auth/logout', { token: a.token })).status, 200);
		await same('signed out', list(), a.token, status, 401);
		stack.sql(`UPDATE sessions SET expires_at = now() + interval '2 seconds' WHERE user_id = '${b.user}'`);
		await same('still', list(), b.token, status, 200);
		await until('the end', async () => (await ask(list(), b.token)).status === 401, 4);
		await same('over', list(), b.token, status, 401);
	});
	await suite.test('kept: another organisation sees its own', async () => {
		await same('outsider', list('', values.outsiderOrg), tokens.outsider, names, '');
		await same('not theirs', list(), tokens.outsider, status, 403);
		await same('not ours', list('', values.outsiderOrg), tokens.viewer, status, 403);
		await same('ours', list(), tokens.viewer, names, 'Abe Dan');
	});
	await suite.test('kept: what is stated, paged and filtered is told apart', async () => {
		await same('first', list('&limit=1'), tokens.viewer, names, 'Abe');
		await same('second', list('&limit=1&offset=1'), tokens.viewer, names, 'Dan');
		await same('all', list('&includeInactive=true'), tokens.viewer, names, 'Abe Ben Dan');
		await same('refused', list('&limit=0'), tokens.viewer, status, 400);
		await same('more callers than places', list(), tokens.operator, names, 'Abe Dan');
		for (let n = 1; n <= 40; n++)
			assert.equal(names(await ask(list(`&limit=${n + 1}`), tokens.viewer)), 'Abe Dan');
	});
	await suite.test('kept: more than there is room for: the oldest give way', async () => {
		const notes = 'n'.repeat(5000);
		for (let n = 0; n < 20; n++)
			await asked('POST', '/api/printers', { name: `Zoe ${n}`, notes }, 201);
		for (let n = 0; n < 24; n++)
			for (const r of await everywhere(list(`&limit=${30 + n}`), tokens.viewer, 6))
				assert.equal(r.json.length, 22);
		stack.sql("DELETE FROM printers WHERE name LIKE 'Zoe%'");
		await same('gone', list(), tokens.viewer, names, 'Abe Dan');
	});
	await suite.test('kept: files, with the names of their owners', async () => {
		const own = (r) => r.json.data.files.map((f) => `${f.originalName} ${f.user.username}`).join(', ');
		const all = '/api/files?search=kept&sort=name';
		const first = await stack.upload('kept-1.gcode', values.vase);
		await same('one', all, tokens.viewer, own, 'kept-1.gcode admin');
		await stack.upload('kept-2.gcode', values.vase);
		await same('two', all, tokens.viewer, own, 'kept-1.gcode admin, kept-2.gcode admin');
		stack.sql("UPDATE users SET username = 'boss' WHERE username = 'admin'");
		await same('another name', all, tokens.viewer, own, 'kept-1.gcode boss, kept-2.gcode boss');
		stack.sql("UPDATE users SET username = 'admin' WHERE username = 'boss'");
		assert.equal((await stack.call('DELETE', `/api/files/${first}`)).status, 200);
		await same('removed', all, tokens.viewer, own, 'kept-2.gcode admin');
	});
	await suite.test('kept: jobs that began or ended; those that wait are asked why each time', async () => {
		const file = stack.sql("SELECT id FROM files WHERE original_name = 'kept-2.gcode'")[0][0];
		const set = (what) => stack.sql(`UPDATE print_jobs SET ${what} WHERE notes LIKE 'kept%'`);
		const quietly = (what) => behind(`UPDATE print_jobs SET ${what} WHERE notes LIKE 'kept%'`);
		const doors = [['/api/jobs', (r) => r.json.data.jobs.map((j) => j.notes).join(' ')],
			[`/api/print-jobs?organizationId=${stack.org}`, (r) => r.json.map((j) => j.notes).join(' ')]];
		stack.sql(`INSERT INTO print_jobs (organization_id, file_id, status, notes) VALUES ('${stack.org}', '${file}', 'completed', 'kept')`);
		for (const [path, notes] of doors) {
			await same('over', path, tokens.viewer, notes, 'kept');
			quietly("notes = 'kept quietly'");
			await same('nobody told', path, tokens.viewer, notes, 'kept');
			set("notes = 'kept'");
			await same('told', path, tokens.viewer, notes, 'kept');
		}
		stack.sql(`DELETE FROM print_jobs; INSERT INTO print_jobs (organization_id, file_id, status, notes) VALUES ('${stack.org}', '${file}', 'queued', 'kept')`);
		for (const [path, notes] of doors) {
			await same('waiting', path, tokens.viewer, notes, 'kept');
			quietly("notes = 'kept 2'");
			await same('asked each time', path, tokens.viewer, notes, 'kept 2');
			set("notes = 'kept'");
		}
		stack.sql('DELETE FROM print_jobs');
	});
	await suite.test('kept: nothing outlives the connection it came by', async () => {
		await same('before', list(), tokens.viewer, names, 'Abe Dan');
		behind("UPDATE printers SET name = 'Eve' WHERE name = 'Dan'");
		stack.stopDatabase('immediate'); // a crash: unlogged tables are empty afterwards
		assert.equal((await ask(list(), tokens.viewer)).status, 503);
		await stack.startDatabase();
		await until('the database', async () => (await ask(list(), tokens.viewer)).status === 200);
		stack.db = stack.db.replace('dbname=postgres', 'dbname=platen');
		await same('after', list(), tokens.viewer, names, 'Abe Eve');
	});
	stack.sql('DELETE FROM printers');
}
