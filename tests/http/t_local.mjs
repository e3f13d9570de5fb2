// SPDX-License-Identifier: Apache-2.0
// Family P on a local printer: real spooler, simulated printer.
import assert from 'node:assert/strict';
import { until } from '../lib/stack.mjs';

const HEAD = 'G28\nG90\nM82\nG92 E0\nG1 Z0.3 F600\n';
const body = (n) => Array.from({ length: n }, (_, i) => `G1 X${(20 + i % 90).toFixed(1)} Y${(30 + i % 70).toFixed(1)} E${(0.02 * (i + 1)).toFixed(3)} F1800`).join('\n');

export async function localTests(suite, world) {
	const { stack } = world;
	const printer = await stack.addPrinter(1);
	await stack.untilIdle(printer);
	const quick = await stack.upload('quick.gcode', `${HEAD}${body(40)}\n`);
	const long = await stack.upload('long.gcode', `${HEAD}${body(60000)}\n`);
	const state = (job, ...wanted) => until(`job ${wanted}`, async () => wanted.includes((await world.state(job)).status), 60);
	const clear = () => world.post(`/api/printers/${printer}/plate-cleared`);
	const cancel = async (job) => {
		const r = await world.post(`/api/print-jobs/${job}/cancel`);
		assert.equal(r.status, 200, r.text);
		await state(job, 'cancelled');
		await stack.untilIdle(printer);
	};

	await suite.test('R-067 send to an idle local printer starts the job', async () => {
		const job = await world.job(quick), r = await world.send(job.id, printer);
		assert.equal(r.status, 200, r.text);
		assert.deepEqual(r.json.backendResponse, { queued: true, executor: 'spooler' });
		await state(job.id, 'completed');
		const done = await world.state(job.id);
		assert.equal(done.progress_percentage, 100);
		assert.ok(done.started_at && done.completed_at && done.queued_at);
		await clear();
	});
	await suite.test('R-052 R-072 R-076 what prints on a local printer is the spooler\'s', async () => {
		const job = await world.job(long);
		assert.equal((await world.send(job.id, printer)).status, 200);
		await state(job.id, 'printing');
		const report = await world.put(`/api/print-jobs/${job.id}/status`, { status: 'completed' });
		assert.equal(`${report.status} ${report.json.error}`, '400 Printer is managed locally');
		const gone = await stack.call('DELETE', `/api/print-jobs/${job.id}?organizationId=${stack.org}`);
		assert.equal(`${gone.status} ${gone.json.error}`, '400 Cannot delete job while printing');
		const away = await stack.call('DELETE', `/api/printers/${printer}?organizationId=${stack.org}`);
		assert.equal(`${away.status} ${away.json.error}`, '400 Cannot delete printer while printing');
		const status = await world.post('/api/printer-status', { printer_id: printer, status: 'idle' }, world.tokens.agent);
		assert.equal(status.status, 400);
		const again = await world.send(job.id, printer);
		assert.equal(`${again.status} ${again.json.error}`, '400 Cannot send job with status: printing');
		await cancel(job.id);
		assert.equal((await stack.call('DELETE', `/api/print-jobs/${job.id}?organizationId=${stack.org}`)).status, 200);
		assert.equal((await world.get(`/api/print-jobs/${job.id}`)).status, 404);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_events WHERE job_id = '${job.id}'`), [['0']]);
		await clear();
	});
	await suite.test('R-080 two plates: a pause after the first, the end after resume', async () => {
		const job = await world.job(quick, { plates_requested: 2 });
		assert.equal((await world.send(job.id, printer)).status, 200);
		await state(job.id, 'paused');
		assert.equal((await world.state(job.id)).plates_completed, 1);
		const resumed = await stack.call('POST', `/api/jobs/${job.id}/resume`);
		assert.ok([200, 202].includes(resumed.status), resumed.text);
		await state(job.id, 'completed');
		assert.equal((await world.state(job.id)).plates_completed, 2);
		await clear();
	});
	await suite.test('R-079 what waits starts by priority, then age', async () => {
		const first = await world.job(long);
		await world.send(first.id, printer);
		await state(first.id, 'printing');
		const jobs = {};
		for (const [name, priority] of [['low', 'low'], ['old', 'normal'], ['young', 'normal'], ['urgent', 'urgent']]) {
			jobs[name] = (await world.job(quick, { priority })).id;
			assert.equal((await world.send(jobs[name], printer)).status, 200);
			assert.equal((await world.state(jobs[name])).status, 'queued');
		}
		await cancel(first.id);
		for (let i = 0; i < 4; i++) {
			await clear();
			await until('one more is done', async () => Number(stack.sql(`SELECT count(*) FROM print_jobs
				WHERE id IN (${Object.values(jobs).map((id) => `'${id}'`)}) AND status = 'completed'`)[0][0]) === i + 1, 60);
		}
		const order = stack.sql(`SELECT id FROM print_jobs WHERE id IN (${Object.values(jobs).map((id) => `'${id}'`)}) ORDER BY started_at`).flat();
		assert.deepEqual(order, [jobs.urgent, jobs.old, jobs.young, jobs.low]);
		await clear();
	});
	await commandTests(suite, world, printer, quick);
}

/* What each type sends, by the table of contract §2.5.5. */
const SENDS = [
	['set_bed_temp', { target: 45 }, ['M140 S45']],
	['set_bed_temp', { bedTemp: 40, wait: true }, ['M190 S40']],
	['set_chamber_temp', { target: 30 }, ['M141 S30']],
	['home_all', {}, ['G28']], ['home_x', {}, ['G28 X']], ['home_y', {}, ['G28 Y']], ['home_z', {}, ['G28 Z']],
	['home_axes', { axes: ['X', 'Y'] }, ['G28 X Y']],
	['set_fan_speed', { percent: 50 }, ['M106 S128']], ['set_fan_speed', { speed: 0 }, ['M107']],
	['set_print_speed', { percent: 120 }, ['M220 S120']], ['set_flow_rate', { percent: 95 }, ['M221 S95']],
	['light_on', {}, ['M355 S1']], ['light_off', {}, ['M355 S0']],
	['set_nozzle_temp', { nozzleTemp: 205, wait: true }, ['M109 S205']],
	['load_filament', {}, ['M701']], ['unload_filament', {}, ['M702']],
	['custom_gcode', { gcode: ['M115', 'M114'] }, ['M115', 'M114']],
	['jog', { x: 5, z: 2, feedrate: 1200 }, ['G91', 'G1 X5 Z2 F1200', 'G90']],
	['extrude', { length: 4, feedrate: 200 }, ['M83', 'G1 E4 F200', 'M82']],
	['retract', { length: 1 }, ['M83', 'G1 E-1 F300', 'M82']],
	['calibrate_bed', {}, ['G29']], ['calibrate_z_offset', { offset: -0.05 }, ['M851 Z-0.05']],
	['set_temperatures', { hotend: 0, bed: 0 }, ['M104 S0', 'M140 S0']],
];

async function commandTests(suite, world, printer, file) {
	const { stack } = world;
	const row = async (id) => (await world.get(`/api/printer-commands?printerId=${printer}&limit=1000`)).json.find((c) => c.id === id);
	const ended = (id, ...wanted) => until(`command ${wanted}`, async () => {
		const c = await row(id);
		return ['completed', 'failed', 'timeout'].includes(c.status) ? c : null;
	}, 60).then((c) => {
		assert.ok(wanted.includes(c.status), JSON.stringify(c));
		return c;
	});

	for (const [type, metadata, wanted] of SENDS)
		await suite.test(`R-094 ${type} ${JSON.stringify(metadata)} sends ${wanted.join(', ')}`, async () => {
			if (type === 'load_filament') // the wait is over before the next report of temperatures is
				await until('the nozzle is hot', async () => (await stack.printerState(printer)).temperatures.hotend.actual > 190, 60);
			const from = stack.transcript(1).length;
			const made = await world.made('/api/printer-commands', { printer_id: printer, command_type: type, metadata });
			assert.equal(made.recipient_id, 'spooler');
			const c = await ended(made.id, 'completed');
			assert.ok(c.sent_at && c.completed_at);
			const sent = stack.transcript(1).slice(from).map((l) => l.split(' ').slice(2).join(' '));
			let at = -1;
			for (const line of wanted) {
				at = sent.indexOf(line, at + 1);
				assert.ok(at >= 0, `${line} is not in ${JSON.stringify(sent)}`);
			}
		});
	await suite.test('R-094 extrude on a cold nozzle is refused', async () => {
		await until('the nozzle is cold', async () => (await stack.printerState(printer)).temperatures.hotend.actual < 160, 60);
		const made = await world.made('/api/printer-commands', { printer_id: printer, command_type: 'extrude', metadata: { length: 5 } });
		assert.match((await ended(made.id, 'failed')).error_message, /below/);
	});
	await suite.test('R-094 start_print starts a queued job, cancel_print ends it', async () => {
		const job = await world.job(file);
		const made = await world.made('/api/printer-commands', { printer_id: printer, command_type: 'start_print', metadata: { jobId: job.id } });
		await ended(made.id, 'completed');
		await until('it prints', async () => ['preparing', 'printing', 'completed'].includes((await world.state(job.id)).status), 30);
		await until('it is over', async () => (await world.state(job.id)).status === 'completed', 60);
	});
	await suite.test('R-094 an emergency stop is on the wire when the answer comes', async () => {
		const made = await world.made('/api/printer-commands', { printer_id: printer, command_type: 'emergency_stop' });
		assert.equal(made.status, 'completed');
		await until('M112 has arrived', () => stack.transcript(1).some((l) => /kill|M112/.test(l)), 5);
	});
}
