// SPDX-License-Identifier: Apache-2.0
// Models that are started with a profile: sliced first, printed when the slice is there. What a slicer
// writes into sliced_files is written here, with the G-code of a real upload.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tick, until } from '../lib/stack.mjs';

const GCODE = `G28\nG90\nM82\nG92 E0\nG1 Z0.3 F600\n${Array.from({ length: 30 }, (_, i) => `G1 X${20 + i} Y30 E${(0.02 * (i + 1)).toFixed(2)} F1800`).join('\n')}\n`;
const stl = () => {
	const bytes = Buffer.alloc(84 + 50 * 12);
	bytes.write('solid but binary', 0);
	bytes.writeUInt32LE(12, 80);
	return bytes;
};

export async function sliceJobTests(suite, world) {
	const { stack } = world;
	const [[printer]] = stack.sql("SELECT id FROM printers WHERE connection_type = 'usb' AND is_active LIMIT 1");
	const [[profile]] = stack.sql('SELECT id FROM print_profiles WHERE organization_id IS NULL LIMIT 1');
	const call = (method, path, json) => stack.call(method, path, { token: world.tokens.operator, json });
	const start = (fileId, more = {}, path = '/api/jobs/start') => call('POST', path, { fileId, printerId: printer, settings: { profileId: profile }, ...more });
	const job = async (id) => (await stack.job(id)).job;
	const reason = async (id) => (await job(id)).holdReason;
	const slices = (model) => stack.sql(`SELECT id, status FROM sliced_files WHERE source_file_id = '${model}' ORDER BY created_at`);
	const code = (r) => `${r.status} ${r.json?.error?.code}`;
	const gcode = await stack.upload('sliced.gcode', GCODE);
	await until('the G-code is analysed', () => stack.sql(`SELECT analysis IS NOT NULL FROM files WHERE id = '${gcode}'`)[0][0] === 't');
	await stack.services.worker.stop(); // it would end the tasks that a slicer will take
	const ready = (slice) => stack.sql(`UPDATE sliced_files s SET status = 'ready', file_path = f.file_path, file_size = f.file_size, sha256 = f.sha256,
		analysis = f.analysis, idx_sha256 = f.idx_sha256, metadata = f.metadata, estimated_time = 90 FROM files f WHERE f.id = '${gcode}' AND s.id = '${slice}'`);
	const fail = (slice, why) => stack.sql(`UPDATE sliced_files SET status = 'failed', error = '${why}' WHERE id = '${slice}'`);
	const done = (id) => stack.untilJob(id, 'COMPLETED', 60);
	const clear = () => world.post(`/api/printers/${printer}/plate-cleared`);
	const model = await stack.upload('bracket.stl', stl());
	await clear();
	await stack.untilIdle(printer);

	await suite.test('R-154 without a slicer: 503, and nothing is left behind', async () => {
		await world.settings({ 'slicer.path': '/nowhere/slicer' });
		const [[before]] = stack.sql('SELECT count(*) FROM print_jobs');
		const r = await start(model);
		assert.equal(`${code(r)} ${r.json.error.message}`, '503 SERVICE_UNAVAILABLE No slicer is installed on this server');
		assert.equal(stack.sql('SELECT count(*) FROM print_jobs')[0][0], before);
		assert.deepEqual(slices(model), []);
		await world.settings({ 'slicer.path': '/bin/true' });
	});
	await suite.test('R-154 an unknown profile is told by its path, no profile at all is SLICE_REQUIRED', async () => {
		const r = await start(model, { settings: { profileId: randomUUID() } });
		assert.equal(code(r), '400 VALIDATION_ERROR', r.text);
		assert.deepEqual(r.json.error.details[0].path, ['settings', 'profileId']);
		assert.equal(code(await start(model, { settings: {} })), '400 SLICE_REQUIRED');
		assert.deepEqual(slices(model), []);
	});
	await suite.test('R-154 a model with a profile is sliced first, then printed', async () => {
		const r = await start(model), again = await start(model, { queue: true });
		assert.equal(r.status, 201, r.text);
		assert.equal(again.status, 201, again.text);
		const [first, second] = [r.json.data.job, again.json.data.job];
		assert.equal(`${first.status} ${first.holdReason}`, 'QUEUED slicing');
		assert.equal(await reason(second.id), 'slicing');
		const [[slice, status], ...rest] = slices(model);
		assert.equal(`${status} ${rest.length}`, 'processing 0', 'one slice for both');
		assert.deepEqual(stack.sql(`SELECT status, payload->>'profileId' FROM task_queue WHERE unique_key = 'slice:${slice}'`).length, 1);
		assert.equal(code(await call('POST', `/api/jobs/${first.id}/start`)), '409 INVALID_STATE');
		ready(slice); // auto_start: on a clear plate it begins by itself
		const { job: ended } = await done(first.id);
		assert.equal(ended.fileId, model);
		assert.equal(await reason(second.id), 'plate');
		assert.ok(stack.transcript(1).some((l) => l.includes('X49 Y30')), 'the slice was printed');
		assert.equal((await call('POST', `/api/jobs/${second.id}/cancel`)).status, 200);
		await clear();
	});
	await suite.test('R-154 sliced already: begun at once, by its profile or by its id', async () => {
		const [[slice]] = slices(model);
		for (const more of [{}, { slicedFileId: slice }, { slicedFileId: slice, settings: null }]) {
			await stack.untilIdle(printer);
			const r = await start(model, more);
			assert.equal(r.status, 201, r.text);
			assert.notEqual(r.json.data.job.status, 'QUEUED');
			await done(r.json.data.job.id);
			assert.deepEqual(stack.sql(`SELECT sliced_file_id FROM print_jobs WHERE id = '${r.json.data.job.id}'`), [[slice]]);
			await clear();
		}
		assert.equal(slices(model).length, 1);
	});
	await suite.test('R-154 a slice that fails takes its jobs with it and says why', async () => {
		const other = await stack.upload('too-big.stl', stl()), r = await start(other, {}, '/api/queue');
		assert.equal(`${r.status} ${r.json.data?.job.holdReason}`, '201 slicing', r.text);
		const any = await start(other, { printerId: undefined, anyPrinter: true, hold: true }, '/api/queue');
		assert.equal(`${any.status} ${any.json.data?.job.holdReason}`, '201 held', any.text);
		fail(slices(other)[0][0], 'Objects could not fit on the bed');
		for (const id of [r.json.data.job.id, any.json.data.job.id]) {
			const { job: ended, events } = await stack.job(id);
			assert.equal(`${ended.status} ${ended.errorMessage}`, 'FAILED Slicing failed: Objects could not fit on the bed');
			assert.ok(ended.completedAt);
			assert.ok(events.some((e) => e.eventType === 'JOB_FAILED' && e.message.endsWith('fit on the bed')), JSON.stringify(events));
		}
		assert.deepEqual(stack.sql(`SELECT count(*) FROM notifications WHERE type = 'PRINT_FAILED' AND metadata->>'jobId' = '${r.json.data.job.id}'`), [['1']]);
		const once_more = await start(other, {}, '/api/queue');
		assert.equal(once_more.status, 201, once_more.text);
		assert.deepEqual(slices(other).map(([, s]) => s), ['failed', 'processing'], 'asked again it is tried again');
		await call('POST', `/api/jobs/${once_more.json.data.job.id}/cancel`);
	});
	await suite.test('R-154 a remote printer hears of the job when the slice is there', async () => {
		const remote = await world.printer('Far away', { ip_address: '192.168.1.7', recipient_id: 'far', is_default: false });
		const other = await stack.upload('far.stl', stl()), r = await start(other, { printerId: remote.id });
		assert.equal(`${r.status} ${r.json.data?.job.status} ${r.json.data?.job.holdReason}`, '201 QUEUED slicing', r.text);
		const told = () => stack.sql(`SELECT count(*) FROM printer_commands WHERE printer_id = '${remote.id}'`)[0][0];
		assert.equal(told(), '0');
		ready(slices(other)[0][0]);
		assert.equal(await reason(r.json.data.job.id), 'operator');
		const sent = await call('POST', `/api/jobs/${r.json.data.job.id}/start`);
		assert.equal(sent.status, 200, sent.text);
		assert.equal(told(), '1');
	});
	await suite.test('no job waits for a slice that has ended meanwhile', async () => {
		for (let i = 0; i < 12; i++) {
			const other = await stack.upload(`race-${i}.stl`, stl());
			assert.equal((await start(other, {}, '/api/queue')).status, 201);
			const [[slice]] = slices(other), second = start(other, {}, '/api/queue');
			await tick(i * 2);
			fail(slice, 'no');
			assert.ok([201, 503].includes((await second).status));
		}
		assert.deepEqual(stack.sql(`SELECT j.id FROM print_jobs j JOIN sliced_files s ON s.id = j.sliced_file_id
			WHERE j.status IN ('pending', 'queued') AND s.status = 'failed'`), []);
		stack.sql("UPDATE print_jobs SET status = 'cancelled' WHERE status IN ('pending', 'queued')");
	});
	await stack.start('worker');
	await world.settings({ 'slicer.path': null });
}
