// SPDX-License-Identifier: Apache-2.0
// Dispatch and idempotency keys over HTTP: groups, the queue and its order, why each job waits, and
// requests that come twice. Printers are rows that say they are connected; no spooler runs.
//
//   node dispatch.mjs [WORD...]    only tests whose name contains one of these words
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startStack, Suite } from '../lib/stack.mjs';

const words = process.argv.slice(2);
const suite = new Suite();
const stack = await startStack({ services: ['cgi', 'nginx'], config: { 'http.action_wait': '2s' } });
const test = (name, body) => (words.length === 0 || words.some((w) => name.includes(w)) ? suite.test(name, body) : null);
const many = (n, act) => Promise.all(Array.from({ length: n }, (_, i) => act(i)));
const tokens = { operator: await stack.user('olga', 'OPERATOR'), viewer: await stack.user('vera', 'VIEWER') };
const call = (method, path, json, { token = tokens.operator, headers = {} } = {}) => stack.call(method, path, { token, json, headers });
const ok = (r, status = 200) => {
	assert.equal(r.status, status, r.text);
	return r.json.data;
};
const code = (r) => `${r.status} ${r.json?.error?.code}`;
const FIT = { version: 1, ok: true, commands: 7, longestLine: 20, maxHotend: 210, maxBed: 60, layers: 3,
	bounds: { min: { x: 0, y: 0, z: 0 }, max: { x: 90, y: 90, z: 30 } } };

async function upload(name, metadata = {}) {
	const id = await stack.upload(name, 'G28\nG1 X1 E1\n');
	stack.sql(`UPDATE files SET analysis = '${JSON.stringify(FIT)}', metadata = '${JSON.stringify({ metadata })}' WHERE id = '${id}'`);
	return id;
}

async function printer(name, more = {}) {
	const r = await stack.call('POST', '/api/printers', { json: { organizationId: stack.org, name, connection_type: 'usb',
		serial_device: `/dev/ttyS${40 + stack.sql('SELECT count(*) FROM printers')[0][0] * 1}`, max_nozzle_temp: 250, ...more } });
	assert.equal(r.status, 201, r.text);
	stack.sql(`INSERT INTO printer_live (printer_id, organization_id, seq, state, connected, updated_at)
		VALUES ('${r.json.id}', '${stack.org}', nextval('live_seq'), 'idle', true, now() + interval '1 hour')`);
	return r.json.id;
}

const clear = () => stack.sql(`UPDATE print_jobs SET status = 'cancelled', hold_reason = NULL WHERE status NOT IN ('completed', 'failed', 'cancelled');
	UPDATE printers SET plate = 'clear', attention = NULL, loaded_materials = NULL`);
const enqueue = async (json, status = 201) => ok(await call('POST', '/api/queue', json), status).job;
const queue = async (query = '') => ok(await call('GET', `/api/queue${query}`)).jobs;
const order = async () => (await queue()).map((j) => j.id);

try {
	const clip = await upload('clip.gcode', { filamentType: 'PLA' });
	const vent = await upload('vent.gcode', { filamentType: 'PETG', nozzleDiameter: 0.6 });
	const alpha = await printer('Alpha'), beta = await printer('Beta', { default_nozzle_size: 0.6, supported_materials: ['PLA', 'PETG'] });
	let group;

	await test('groups are made, shown, changed, listed', async () => {
		group = ok(await call('POST', '/api/printer-groups', { name: 'Hall', printerIds: [alpha, beta] }), 201).group;
		assert.deepEqual(group.printerIds, [alpha, beta]);
		assert.equal(code(await call('POST', '/api/printer-groups', { name: 'hall' })), '409 CONFLICT');
		assert.equal(code(await call('POST', '/api/printer-groups', { name: 'x', printerIds: ['no'] })), '400 VALIDATION_ERROR');
		assert.equal(code(await call('POST', '/api/printer-groups', { name: 'x', printerIds: [randomUUID()] })), '404 NOT_FOUND');
		assert.equal(code(await call('POST', '/api/printer-groups', { name: 'x' }, { token: tokens.viewer })), '403 FORBIDDEN');
		const changed = ok(await call('PUT', `/api/printer-groups/${group.id}`, { description: 'by the door', printerIds: [beta] })).group;
		assert.deepEqual([changed.name, changed.description, changed.printerIds], ['Hall', 'by the door', [beta]]);
		assert.equal(ok(await call('PUT', `/api/printer-groups/${group.id}`, { printerIds: [alpha, beta] })).group.description, 'by the door');
		assert.equal(ok(await call('GET', '/api/printer-groups')).total, 1);
		assert.equal(code(await call('GET', `/api/printer-groups/${randomUUID()}`)), '404 NOT_FOUND');
	});
	await test('a job for any printer goes to the one that fits', async () => {
		const r = await call('POST', '/api/jobs/start', { fileId: vent, anyPrinter: true });
		const { job } = ok(r, 201);
		assert.deepEqual([job.status, job.printerId, job.target], ['PREPARING', beta, 'any']);
		const second = await call('POST', '/api/jobs/start', { fileId: vent, anyPrinter: true });
		assert.equal(code(second), '409 PRINTER_BUSY');
		assert.equal(second.json.error.message, 'Printer is already printing');
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_jobs WHERE file_id = '${vent}'`), [['1']]);
		const waits = ok(await call('POST', '/api/jobs/start', { fileId: vent, anyPrinter: true, queue: true }), 201).job;
		assert.deepEqual([waits.status, waits.holdReason, waits.printerId], ['QUEUED', 'busy', null]);
		clear();
	});
	await test('a job for a group, and what is refused', async () => {
		const { job } = ok(await call('POST', '/api/jobs/start', { fileId: clip, groupId: group.id }), 201);
		assert.ok([alpha, beta].includes(job.printerId));
		assert.equal(job.groupId, group.id);
		assert.equal(code(await call('POST', '/api/jobs/start', { fileId: clip, groupId: randomUUID() })), '404 NOT_FOUND');
		assert.equal(code(await call('POST', '/api/jobs/start', { fileId: clip, groupId: group.id, anyPrinter: true })), '400 VALIDATION_ERROR');
		clear();
		const none = await enqueue({ fileId: clip, anyPrinter: true, requirements: { material: 'PETG', nozzle: 0.6 } });
		assert.deepEqual([none.holdReason, none.requirements], ['operator', { model: null, material: 'PETG', nozzle: 0.6 }]);
		stack.sql(`UPDATE printers SET supported_materials = '{PLA}' WHERE id = '${beta}'`);
		const [waits] = await queue();
		assert.deepEqual([waits.holdReason, waits.holdText], ['no_fit', 'None of 2 printers fits; needed: PETG, a nozzle of 0.6 mm.']);
		stack.sql(`UPDATE printers SET supported_materials = '{PLA,PETG}' WHERE id = '${beta}'`);
		clear();
	});
	await test('loaded filament is asked of the printer', async () => {
		const put = await stack.call('PUT', `/api/printers/${beta}`, { json: { organizationId: stack.org, loaded_materials: ['PLA'] } });
		assert.deepEqual(put.json.loaded_materials, ['PLA'], put.text);
		const job = await enqueue({ fileId: vent, anyPrinter: true });
		assert.deepEqual([job.holdReason, job.holdText], ['filament', 'PETG must be loaded on Beta.']);
		const refused = await call('POST', `/api/jobs/${job.id}/start`);
		assert.deepEqual([code(refused), refused.json.error.message], ['409 INVALID_STATE', 'PETG must be loaded on Beta.']);
		assert.equal(code(await call('POST', `/api/jobs/${job.id}/start`, { printerId: alpha })), '409 INVALID_STATE');
		assert.equal(ok(await call('POST', `/api/jobs/${job.id}/start`, { printerId: beta })).job.status, 'PREPARING');
		clear();
	});
	await test('R-079 the queue: order, moving, priority', async () => {
		const [a, b, c] = [await enqueue({ fileId: clip, anyPrinter: true }), await enqueue({ fileId: clip, printerId: alpha }),
			await enqueue({ fileId: clip, groupId: group.id, priority: 'high', copies: 3 })].map((j) => j.id);
		assert.deepEqual(await order(), [c, a, b]);
		assert.equal((await queue())[0].copies, 3);
		ok(await call('POST', `/api/jobs/${b}/move`, { to: 'up' }));
		assert.deepEqual(await order(), [c, b, a]);
		ok(await call('POST', `/api/jobs/${c}/move`, { after: b }));
		assert.deepEqual(await order(), [b, c, a]);
		ok(await call('POST', `/api/jobs/${a}/move`, { to: 'top' }));
		assert.deepEqual(await order(), [a, b, c]);
		assert.equal(code(await call('POST', `/api/jobs/${a}/move`, {})), '400 VALIDATION_ERROR');
		assert.equal(code(await call('POST', `/api/jobs/${a}/move`, { before: randomUUID() })), '409 INVALID_STATE');
		assert.equal(code(await call('POST', `/api/jobs/${a}/move`, { to: 'top' }, { token: tokens.viewer })), '403 FORBIDDEN');
		assert.equal(ok(await call('PATCH', `/api/jobs/${c}`, { priority: 'urgent', copies: 2, notes: 'for Ana' })).job.copies, 2);
		assert.deepEqual(await order(), [c, a, b]);
		assert.deepEqual((await queue(`?printerId=${beta}`)).map((j) => j.id), [c, a]);
		assert.deepEqual((await queue(`?groupId=${group.id}`)).map((j) => j.id), [c]);
		assert.equal(code(await call('DELETE', `/api/printer-groups/${group.id}`)), '409 CONFLICT');
		const moved = ok(await call('PATCH', `/api/jobs/${c}`, { printerId: beta, requirements: { material: 'PLA' } })).job;
		assert.deepEqual([moved.target, moved.printerId, moved.groupId, moved.requirements.material], ['printer', beta, null, 'PLA']);
		assert.equal(code(await call('PATCH', `/api/jobs/${c}`, {})), '400 VALIDATION_ERROR');
		clear();
	});
	await test('hold, release, start, requeue', async () => {
		const { id, holdReason } = await enqueue({ fileId: clip, printerId: alpha, hold: true });
		assert.equal(holdReason, 'held');
		assert.equal((await queue())[0].holdText, 'Held by olga.');
		assert.equal(ok(await call('POST', `/api/jobs/${id}/release`)).job.holdReason, 'operator');
		assert.equal(ok(await call('POST', `/api/jobs/${id}/hold`)).job.holdReason, 'held');
		stack.sql(`UPDATE printers SET plate = 'occupied' WHERE id = '${alpha}'`);
		ok(await call('POST', `/api/jobs/${id}/release`));
		assert.equal((await queue())[0].holdText, 'The bed of Alpha is not cleared.');
		assert.equal(ok(await call('POST', `/api/jobs/${id}/start`)).job.status, 'PREPARING');
		assert.deepEqual(stack.sql(`SELECT plate FROM printers WHERE id = '${alpha}'`), [['clear']]);
		for (const act of ['hold', 'release', 'start', 'requeue'])
			assert.equal(code(await call('POST', `/api/jobs/${id}/${act}`)), '409 INVALID_STATE', act);
		assert.equal(code(await call('PATCH', `/api/jobs/${id}`, { priority: 'low' })), '409 INVALID_STATE');
		assert.equal(ok(await call('PATCH', `/api/jobs/${id}`, { copies: 4 })).job.copies, 4);
		clear();
		const again = ok(await call('POST', `/api/jobs/${id}/requeue`, { copies: 1 }), 201).job;
		assert.notEqual(again.id, id);
		assert.deepEqual([again.status, again.printerId, again.copies, again.fileId], ['QUEUED', alpha, 1, clip]);
		assert.equal(code(await call('POST', `/api/jobs/${randomUUID()}/requeue`)), '404 NOT_FOUND');
		clear();
	});
	await test('family P makes a job for a group and sees why it waits', async () => {
		const made = await call('POST', '/api/print-jobs', { organizationId: stack.org, product_id: clip, group_id: group.id, requirements: { material: '*' } });
		assert.equal(made.status, 201, made.text);
		assert.deepEqual([made.json.target, made.json.group_id, made.json.hold_reason, made.json.hold_text],
			['group', group.id, 'operator', 'It has not been sent to a printer.']);
		const both = await call('POST', '/api/print-jobs', { organizationId: stack.org, product_id: clip, group_id: group.id, printer_id: alpha });
		assert.equal(both.status, 400);
		assert.equal(ok(await call('POST', `/api/jobs/${made.json.id}/start`)).job.status, 'PREPARING');
		clear();
	});

	// ---- the same request twice ----
	const once = (key, path, json, token) => call('POST', path, json, { token, headers: { 'idempotency-key': key } });
	await test('S-059 the same key and the same body: one job, one answer', async () => {
		for (const [path, json] of [['/api/queue', { fileId: clip, printerId: alpha }], ['/api/jobs/start', { fileId: clip, printerId: beta }],
			['/api/print-jobs', { organizationId: stack.org, product_id: clip }]]) {
			const key = randomUUID(), count = () => Number(stack.sql('SELECT count(*) FROM print_jobs')[0][0]), before = count();
			const first = await once(key, path, json), second = await once(key, path, json);
			assert.equal(first.status, 201, first.text);
			assert.deepEqual([second.status, second.text], [first.status, first.text], path);
			assert.equal(second.headers.get('idempotency-replayed'), 'true');
			assert.equal(first.headers.get('idempotency-replayed'), null);
			assert.equal(count(), before + 1, path);
		}
		clear();
	});
	await test('S-059 another body, another path, another user', async () => {
		const key = randomUUID(), json = { fileId: clip, printerId: alpha };
		ok(await once(key, '/api/queue', json), 201);
		assert.equal(code(await once(key, '/api/queue', { ...json, copies: 2 })), '422 IDEMPOTENCY_KEY_REUSED');
		assert.equal(code(await once(key, '/api/jobs/start', json)), '422 IDEMPOTENCY_KEY_REUSED');
		const p = await once(key, '/api/print-jobs', { organizationId: stack.org, product_id: clip });
		assert.deepEqual([p.status, Object.keys(p.json)], [422, ['error']]);
		ok(await once(key, '/api/queue', json, stack.token), 201);
		for (const bad of ['with space', 'x'.repeat(201)])
			assert.equal(code(await once(bad, '/api/queue', json)), '400 VALIDATION_ERROR');
		clear();
	});
	await test('a refusal spends no key', async () => {
		const key = randomUUID(), json = { fileId: clip, printerId: alpha };
		ok(await call('POST', '/api/jobs/start', json), 201);
		assert.equal(code(await once(key, '/api/jobs/start', json)), '409 PRINTER_BUSY');
		clear();
		ok(await once(key, '/api/jobs/start', json), 201);
		clear();
	});
	await test('send and requeue with a key', async () => {
		const made = await call('POST', '/api/print-jobs', { organizationId: stack.org, product_id: clip });
		const key = randomUUID(), send = () => once(key, `/api/print-jobs/${made.json.id}/send`, { organizationId: stack.org, printerId: alpha });
		const first = await send(), second = await send();
		assert.equal(first.status, 200, first.text);
		assert.equal(second.text, first.text);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_attempts WHERE job_id = '${made.json.id}'`), [['1']]);
		clear();
		const again = randomUUID(), twice = await many(2, () => once(again, `/api/jobs/${made.json.id}/requeue`, {}));
		assert.equal(twice[0].text, twice[1].text);
		clear();
	});
	await test('K-20 forty at once with one key: one job, everybody reads the same', async () => {
		const key = randomUUID(), json = { fileId: clip, anyPrinter: true };
		const before = Number(stack.sql('SELECT count(*) FROM print_jobs')[0][0]);
		const answers = await many(40, () => once(key, '/api/jobs/start', json));
		assert.deepEqual([...new Set(answers.map((a) => a.status))], [201], answers.map((a) => a.text).join('\n'));
		assert.equal(new Set(answers.map((a) => a.text)).size, 1);
		assert.equal(Number(stack.sql('SELECT count(*) FROM print_jobs')[0][0]), before + 1);
		clear();
	});
	await test('while the first is under way: 409; afterwards its answer', async () => {
		const key = randomUUID();
		stack.sql(`UPDATE files SET analysis = NULL WHERE id = '${clip}'`);
		const slow = once(key, '/api/jobs/start', { fileId: clip, printerId: alpha });
		let early;
		do
			early = await once(key, '/api/jobs/start', { fileId: clip, printerId: alpha });
		while (early.status === 409 && early.json.error.code === 'INVALID_STATE');
		assert.equal(code(early), '409 CONFLICT', early.text);
		stack.sql(`UPDATE files SET analysis = '${JSON.stringify(FIT)}' WHERE id = '${clip}'`);
		const first = await slow;
		assert.equal(first.status, 201, first.text);
		assert.equal((await once(key, '/api/jobs/start', { fileId: clip, printerId: alpha })).text, first.text);
		clear();
	});
	await test('an expired key is new again', async () => {
		const key = randomUUID(), json = { fileId: clip, printerId: alpha };
		const first = await once(key, '/api/queue', json);
		stack.sql('UPDATE idempotency_keys SET expires_at = now()');
		const second = await once(key, '/api/queue', { ...json, copies: 2 });
		assert.equal(second.status, 201, second.text);
		assert.notEqual(second.json.data.job.id, first.json.data.job.id);
		clear();
	});
	await test('60 starts without a printer on two printers: two prints', async () => {
		const answers = await many(60, () => call('POST', '/api/jobs/start', { fileId: clip, groupId: group.id }));
		assert.equal(answers.filter((a) => a.status === 201).length, 2, answers.map((a) => a.status).join(' '));
		assert.ok(answers.filter((a) => a.status !== 201).every((a) => code(a) === '409 PRINTER_BUSY'), answers.map((a) => a.text).join('\n'));
		assert.deepEqual(stack.sql("SELECT count(*), count(DISTINCT printer_id) FROM print_jobs WHERE status = 'claimed'"), [['2', '2']]);
		assert.deepEqual(stack.sql("SELECT count(*) FROM print_jobs WHERE status IN ('pending', 'queued')"), [['0']]);
		clear();
	});
	await test('a group nobody waits for is deleted', async () => {
		ok(await call('DELETE', `/api/printer-groups/${group.id}`));
		assert.equal(code(await call('GET', `/api/printer-groups/${group.id}`)), '404 NOT_FOUND');
	});
} catch (e) {
	suite.failed++;
	console.log(`FAIL the suite itself: ${e.stack}\n${stack.logs(30)}`);
} finally {
	await stack.stop();
}
suite.close();
