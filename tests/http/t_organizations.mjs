// SPDX-License-Identifier: Apache-2.0
// Organisations, members, keys; what belongs to others is as if it were not there (R-281, S-007,
// S-022 ... S-025, S-030).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export async function organizationTests(suite, stack, { tokens, id, sign }) {
	const test = (name, body) => suite.test(name, body);
	const call = (method, path, json, token = stack.token, headers = {}) => stack.call(method, path, { token, json, headers });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? r.json?.error ?? ''}`.trim();
	const at = '/api/organizations';
	let other, boss;

	await test('the installation\'s ADMIN makes organisations', async () => {
		const r = await call('POST', at, { name: 'Other works', slug: 'other-works', defaultRecipientId: 'agent-7' });
		assert.equal(r.status, 201, r.text);
		const o = r.json.data.organization;
		assert.deepEqual([o.name, o.slug, o.isDefault, o.isActive, o.role, o.defaultRecipientId, o.apiKeyPrefix], ['Other works', 'other-works', false, true, 'ADMIN', 'agent-7', null]);
		other = o.id;
		const twin = await call('POST', at, { name: 'Twin', slug: 'other-works' });
		assert.equal(`${code(twin)} ${twin.json.error.details.field}`, '409 CONFLICT slug');
		assert.equal(code(await call('POST', at, { name: 'x', slug: 'No Good', printerBackendUrl: 'ftp://x' })), '400 VALIDATION_ERROR');
		assert.equal(code(await call('POST', at, { name: 'x' }, tokens.operator)), '403 FORBIDDEN');
	});
	await test('members see their organisations and nothing of others', async () => {
		const mine = (await call('GET', at, undefined, tokens.operator)).json.data;
		assert.deepEqual([mine.total, mine.organizations[0].id, mine.organizations[0].role], [1, stack.org, 'OPERATOR']);
		assert.ok((await call('GET', at)).json.data.total >= 2);
		const members = await call('GET', `${at}/${stack.org}/members`, undefined, tokens.viewer);
		assert.ok(members.json.data.members.some((m) => m.userId === id.olga && m.role === 'OPERATOR'));
		assert.ok(members.json.data.members.every((m) => m.email === null), 'addresses are for ADMINs');
		assert.ok((await call('GET', `${at}/${stack.org}/members`)).json.data.members.every((m) => m.email.includes('@')));
	});
	await test('S-022 another\'s organisation is not there, byte for byte', async () => {
		const tries = [['GET', ''], ['GET', '/members']];
		for (const [method, more] of tries) {
			const [a, b] = [await call(method, `${at}/${other}${more}`, undefined, tokens.operator), await call(method, `${at}/${randomUUID()}${more}`, undefined, tokens.operator)];
			assert.equal(a.status, 404);
			assert.equal(a.text, b.text);
		}
	});
	await test('a member gets a role of its own there', async () => {
		const r = await call('POST', `${at}/${other}/members`, { userId: id.olga, role: 'ADMIN' });
		assert.equal(r.status, 201, r.text);
		assert.deepEqual([r.json.data.member.userId, r.json.data.member.role], [id.olga, 'ADMIN']);
		assert.equal((await call('POST', `${at}/${other}/members`, { userId: id.olga, role: 'ADMIN' })).status, 200);
		assert.equal(code(await call('POST', `${at}/${other}/members`, { userId: randomUUID() })), '404 NOT_FOUND');
		assert.equal(code(await call('POST', `${at}/${other}/members`, { userId: 'x', role: 'KING' })), '400 VALIDATION_ERROR');
		const sign_in = await call('POST', '/api/auth/login', { email: 'olga@platen.test', password: 'password of olga', organizationId: other }, null);
		assert.deepEqual([sign_in.json.data.user.organizationId, sign_in.json.data.user.role], [other, 'ADMIN']);
		boss = sign_in.json.data.accessToken;
		assert.equal((await call('GET', '/api/auth/me', undefined, tokens.operator)).json.data.user.role, 'OPERATOR');
	});
	await test('an organisation\'s ADMIN rules there and nowhere else', async () => {
		assert.equal((await call('PUT', `${at}/${other}`, { name: 'Other works GmbH' }, boss)).json.data.organization.name, 'Other works GmbH');
		for (const [method, path, json] of [['POST', at, { name: 'mine' }], ['PUT', `${at}/${other}`, { isActive: false }], ['PUT', `${at}/${other}`, { printerBackendUrl: 'https://10.0.0.1/' }],
			['PUT', '/api/settings', { scope: 'installation', settings: [{ category: 'a', key: 'b', value: 1 }] }],
			['POST', '/api/profiles', { scope: 'installation', name: 'p', layerHeight: 0.2, infill: 1, printSpeed: 50, nozzleTemp: 200, bedTemp: 60 }],
			['POST', `${at}/${stack.org}/api-key`, {}], ['PUT', `${at}/${stack.org}`, { name: 'taken over' }]])
			assert.equal(code(await call(method, path, json, boss)), '403 FORBIDDEN', `${method} ${path}`);
		const standard = (await call('GET', '/api/profiles', undefined, boss)).json.data.profiles.find((p) => p.organizationId === null).id;
		for (const [method, json] of [['PUT', { infill: 99 }], ['DELETE', undefined]])
			assert.equal(code(await call(method, `/api/profiles/${standard}`, json, boss)), '403 FORBIDDEN');
	});
	await test('who an organisation\'s ADMIN makes rules nothing of the installation', async () => {
		const r = await call('POST', '/api/users', { email: 'dora@platen.test', username: 'dora', password: 'a good pass phrase', role: 'ADMIN' }, boss);
		assert.equal(r.status, 201, r.text);
		assert.deepEqual(stack.sql("SELECT role FROM users WHERE username = 'dora'"), [['VIEWER']]);
		assert.deepEqual(stack.sql(`SELECT role FROM organization_members WHERE organization_id = '${other}' AND user_id = '${r.json.data.user.id}'`), [['ADMIN']]);
		assert.equal(code(await call('GET', `/api/users/${id.vera}`, undefined, boss)), '404 NOT_FOUND');
		const admin = stack.sql("SELECT id FROM users WHERE role = 'ADMIN'")[0][0];
		assert.equal(code(await call('PATCH', `/api/users/${admin}`, { role: 'VIEWER' }, boss)), '403 FORBIDDEN', 'a member here, and more');
		assert.equal(code(await call('PATCH', `/api/users/${id.olga}`, { isActive: false }, boss)), '403 FORBIDDEN', 'olga is a member elsewhere too');
		assert.equal((await call('PATCH', `/api/users/${r.json.data.user.id}`, { role: 'VIEWER' }, boss)).json.data.user.role, 'VIEWER');
		assert.equal(code(await call('POST', `${at}/${other}/members`, { userId: id.vera }, boss)), '404 NOT_FOUND');
	});
	await test('S-007 a token of one organisation that claims or names another', async () => {
		const claims = (organizationId) => sign({ userId: id.vera, organizationId, exp: Math.floor(Date.now() / 1000) + 600 });
		assert.equal((await call('GET', '/api/auth/me', undefined, claims(other))).json.data.user.organizationId, stack.org, 'the claim is no membership');
		assert.equal(code(await call('GET', `/api/printers?organizationId=${other}`, undefined, claims(other))), '403 Insufficient permissions');
		const before = stack.sql('SELECT count(*) FROM printers');
		assert.equal(code(await call('POST', '/api/printers', { organizationId: other, name: 'x' }, tokens.viewer)), '403 Insufficient permissions');
		assert.deepEqual(stack.sql('SELECT count(*) FROM printers'), before);
		assert.equal(code(await call('POST', '/api/auth/login', { email: 'vera@platen.test', password: 'password of vera', organizationId: other }, null)), '403 FORBIDDEN');
	});

	const theirs = {};
	await test('R-281 S-022 no route shows, changes or deletes what is another\'s; as if it were not there', async () => {
		const profile = await call('POST', '/api/profiles', { name: 'Theirs', layerHeight: 0.2, infill: 15, printSpeed: 50, nozzleTemp: 200, bedTemp: 60 }, boss);
		assert.equal(profile.status, 201, profile.text);
		theirs.profile = profile.json.data.profile.id;
		const printer = await call('POST', '/api/printers', { organizationId: other, name: 'canary-printer', connection_type: 'network', access_code: 'canary-code' }, boss);
		assert.equal(printer.status, 201, printer.text);
		theirs.printer = printer.json.id;
		const form = new FormData();
		form.set('file', new Blob([';FLAVOR:Marlin\nG28\n']), 'canary-file.gcode');
		theirs.file = (await stack.call('POST', '/api/files/upload', { token: boss, body: form })).json.data.file.id;
		theirs.job = (await call('POST', '/api/print-jobs', { organizationId: other, product_id: theirs.file }, boss)).json.id;
		theirs.command = (await call('POST', '/api/printer-commands', { organizationId: other, printer_id: theirs.printer, command_type: 'home_all' }, boss)).json.id;
		stack.sql(`INSERT INTO reports (organization_id, period_from, period_to, content) VALUES ('${other}', now() - interval '7 days', now(), '{"canary": true}')`);
		await call('PUT', '/api/settings', { settings: [{ category: 'x', key: 'canary-setting', value: 1 }] }, boss);
		const slice = { profileId: (await call('GET', '/api/profiles')).json.data.profiles[0].id }, q = `?organizationId=${stack.org}`, o = { organizationId: stack.org };
		const routes = { file: [['GET', '/api/files/:id'], ['DELETE', '/api/files/:id'], ['GET', '/api/files/:id/download'], ['GET', '/api/files/:id/preview'], ['POST', '/api/files/:id/slice', slice]],
			job: [['GET', '/api/jobs/:id'], ['POST', '/api/jobs/:id/pause'], ['POST', '/api/jobs/:id/resume'], ['POST', '/api/jobs/:id/cancel'], ['GET', '/api/jobs/:id/timelapse'],
				['GET', `/api/print-jobs/:id${q}`], ['POST', '/api/print-jobs/:id/cancel', o], ['DELETE', `/api/print-jobs/:id${q}`], ['PUT', '/api/print-jobs/:id/status', { ...o, status: 'failed' }]],
			printer: [['GET', `/api/printers/:id${q}`], ['PUT', '/api/printers/:id', { ...o, name: 'x' }], ['DELETE', `/api/printers/:id${q}`], ['GET', '/api/printer/status?printerId=:id'],
				['GET', '/api/camera/settings?printerId=:id'], ['POST', '/api/camera/settings?printerId=:id', { fps: 5 }], ['POST', '/api/printer/home?printerId=:id', {}]],
			profile: [['GET', '/api/profiles/:id'], ['PUT', '/api/profiles/:id', { infill: 1 }], ['DELETE', '/api/profiles/:id']],
			command: [['DELETE', `/api/printer-commands/:id${q}`]] };
		const token = (await stack.signIn(stack.admin)).accessToken;
		for (const [kind, list] of Object.entries(routes))
			for (const [method, path, json] of list)
				for (const who of [tokens.operator, token]) {
					const [a, b] = [await call(method, path.replace(':id', theirs[kind]), json, who), await call(method, path.replace(':id', randomUUID()), json, who)];
					assert.equal(a.status, b.status, `${method} ${path}: ${a.text} / ${b.text}`);
					assert.equal(a.text, b.text, `${method} ${path}`);
					assert.ok([403, 404].includes(a.status), `${method} ${path}: ${a.status} ${a.text}`);
				}
		assert.deepEqual(stack.sql(`SELECT j.status, p.name, f.infill FROM print_jobs j, printers p, print_profiles f WHERE j.id = '${theirs.job}' AND p.id = '${theirs.printer}' AND f.id = '${theirs.profile}'`),
			[['pending', 'canary-printer', '15']]);
	});
	await test('R-281 S-025 lists show nothing of theirs, and no secret of ours', async () => {
		for (const path of ['/api/files', '/api/jobs', '/api/profiles', '/api/settings', '/api/reports', '/api/notifications', '/api/users', '/api/organizations', '/api/auth/me', '/api/printer/status',
			`/api/printers?organizationId=${stack.org}`, `/api/print-jobs?organizationId=${stack.org}`, `/api/printer-commands?organizationId=${stack.org}`])
			for (const token of [tokens.viewer, tokens.operator]) {
				const r = await call('GET', path, undefined, token);
				assert.doesNotMatch(r.text, /canary|\$2[aby]\$|password_hash|passwordHash|api_key_hash|apiKeyHash/, path);
			}
	});
	await test('S-023 own things with another\'s in one request: not found, nothing written', async () => {
		const form = new FormData();
		form.set('file', new Blob([';FLAVOR:Marlin\nG28\nG1 X1\n']), 'own.gcode');
		const own = (await stack.call('POST', '/api/files/upload', { token: tokens.operator, body: form })).json.data.file.id;
		const printer = (await call('POST', '/api/printers', { organizationId: stack.org, name: 'Own' })).json.id;
		const rows = () => stack.sql('SELECT (SELECT count(*) FROM print_jobs), (SELECT count(*) FROM sliced_files), (SELECT count(*) FROM printer_commands)');
		const before = rows();
		for (const [path, json, want] of [['/api/jobs/start', { fileId: theirs.file, printerId: printer, queue: true }, '404 NOT_FOUND'],
			['/api/jobs/start', { fileId: own, printerId: theirs.printer, queue: true }, '404 NOT_FOUND'],
			['/api/jobs/start', { fileId: own, printerId: printer, slicedFileId: randomUUID(), queue: true }, '404 NOT_FOUND'],
			['/api/print-jobs', { organizationId: stack.org, product_id: theirs.file }, '404 Product not found'],
			['/api/printer-commands', { organizationId: stack.org, printer_id: theirs.printer, command_type: 'home_all' }, '404 Printer not found']])
			assert.equal(code(await call('POST', path, json, tokens.operator)), want, `${path} ${JSON.stringify(json)}`);
		assert.deepEqual(rows(), before);
	});
	await test('S-024 fields that are not an input are never assigned', async () => {
		const r = await call('POST', '/api/profiles', { id: randomUUID(), organizationId: other, createdAt: '2001-01-01T00:00:00Z', organization_id: other, name: 'Own fields', layerHeight: 0.2,
			infill: 15, printSpeed: 50, nozzleTemp: 200, bedTemp: 60 });
		assert.equal(r.json.data.profile.organizationId, stack.org);
		assert.ok(Date.parse(r.json.data.profile.createdAt) > Date.now() - 60000);
		const p = await call('PUT', `${at}/${other}`, { id: stack.org, isDefault: true, api_key_hash: 'x'.repeat(64), apiKeyPrefix: 'pk_x', role: 'ADMIN' }, boss);
		assert.equal(p.status, 200);
		assert.deepEqual([p.json.data.organization.id, p.json.data.organization.isDefault, p.json.data.organization.apiKeyPrefix], [other, false, null]);
	});
	await test('S-030 without an organisation the API\'s role sees no row', () => {
		for (const table of ['printers', 'files', 'print_jobs', 'print_profiles', 'printer_settings', 'organizations', 'organization_members', 'notifications', 'reports', 'system_events', 'api_keys'])
			assert.deepEqual(stack.sql(`SET ROLE platen_api; SELECT count(*) FROM ${table}`).at(-1), ['0'], table);
		assert.throws(() => stack.sql('SET ROLE platen_api; SELECT * FROM camera_tickets'), /permission denied/);
	});
	await test('an organisation\'s key: told once, kept as a hash, void when there is a newer one', async () => {
		const make = async () => (await call('POST', `${at}/${other}/api-key`, {}, boss)).json.data.apiKey;
		const first = await make();
		assert.match(first, /^pk_[A-Za-z0-9_-]{43}$/);
		const poll = (key) => call('GET', '/api/printer-commands/pending?recipientId=agent-7', undefined, null, { 'x-api-key': key });
		const found = await poll(first);
		assert.equal(found.status, 200, found.text);
		assert.ok(found.json.some((c) => c.id === theirs.command));
		assert.equal((await call('GET', `${at}/${other}`, undefined, boss)).json.data.organization.apiKeyPrefix, first.slice(0, 12));
		assert.deepEqual(stack.sql(`SELECT count(*) FROM organizations WHERE api_key_hash = '${first}'`), [['0']]);
		const second = await make();
		assert.equal((await poll(first)).status, 401);
		assert.equal((await poll(second)).status, 200);
		assert.equal((await poll(`${second.slice(0, -1)}_`)).status, 401);
	});
	await test('a member whose place is taken away is out with the next request', async () => {
		assert.equal((await call('GET', `${at}/${other}`, undefined, boss)).status, 200);
		assert.equal((await call('DELETE', `${at}/${other}/members?userId=${id.olga}`)).status, 200);
		assert.equal(code(await call('DELETE', `${at}/${other}/members/${id.olga}`)), '404 NOT_FOUND');
		assert.equal(code(await call('GET', `${at}/${other}`, undefined, boss)), '404 NOT_FOUND');
		assert.equal((await call('GET', '/api/auth/me', undefined, boss)).json.data.user.organizationId, stack.org);
		assert.equal(code(await call('GET', `/api/files/${theirs.file}`, undefined, boss)), '404 NOT_FOUND');
	});
}
