// SPDX-License-Identifier: Apache-2.0
// Family L on a simulated printer, by number: control (R-102 ... R-121), jobs (R-149 ... R-160).
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTranscript } from '../lib/judge.mjs';
import { tick, until } from '../lib/stack.mjs';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const moves = (n) => Array.from({ length: n }, (_, i) => `G1 X${(30 + (i * 7) % 100).toFixed(1)} Y${(40 + (i * 3) % 90).toFixed(1)} E${(0.02 * (i + 1)).toFixed(3)}`);
const head = ['M140 S50', 'M104 S200', 'G28', 'M190 S50', 'M109 S200', 'G90', 'M82', 'G92 E0', 'G1 F3000'];
const short = [...head, ';LAYER:0', 'G1 Z0.2', ...moves(60), ';LAYER:1', 'G1 Z0.4 ; up', ...moves(60), 'M104 S0', 'M140 S0'].join('\n');
const long = [...head, ';LAYER:0', 'G1 Z0.2', ...moves(6000), 'M104 S0', 'M140 S0'].join('\n');

export async function controlTests(suite, stack, { tokens, id }) {
	const test = (name, body) => suite.test(name, body);
	const call = (method, path, json, token = tokens.operator) => stack.call(method, path, { token, json });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? ''}`.trim();
	const send = (command, more = {}) => call('POST', '/api/printer/command', { command, ...more });
	const wire = () => readTranscript(join(stack.dir, 'transcript-1'));
	const since = (from) => wire().slice(from).map((c) => c.text).filter((t) => !/^(M105|M114|M115|M155|M110)\b/.test(t) && !/99999$/.test(t));
	const state = async () => (await call('GET', '/api/printer/status', undefined, tokens.viewer)).json.data;

	await test('R-102 R-103 R-104 status, also when nothing is connected', async () => {
		assert.equal(code(await call('GET', '/api/printer/status', undefined, tokens.viewer)), '404 NOT_FOUND', 'an organisation without a printer');
		const dead = await call('POST', '/api/printers', { organizationId: stack.org, name: 'Dead', connection_type: 'usb', serial_device: '/dev/ttyS61' }, stack.token);
		assert.equal(dead.status, 201, dead.text);
		const r = await call('GET', '/api/printer/status', undefined, tokens.viewer), d = r.json.data;
		assert.deepEqual([r.status, d.state, d.connected, d.currentJob], [200, 'error', false, null]);
		assert.deepEqual(d.position, { x: 0, y: 0, z: 0, e: 0 });
		assert.deepEqual(d.temperatures, { hotend: { actual: 0, target: 0 }, bed: { actual: 0, target: 0 }, chamber: null, hotendTemp: 0, hotendTarget: 0, bedTemp: 0, bedTarget: 0, chamberTemp: null });
		assert.equal(code(await send('M105')), '503 PRINTER_OFFLINE');
		assert.equal((await call('DELETE', `/api/printers/${dead.json.id}?organizationId=${stack.org}`, undefined, stack.token)).status, 200);
	});
	const printer = await stack.addPrinter(1, { is_default: true });
	await stack.untilIdle(printer, 60);
	await test('R-103 R-104 a printer that is there', async () => {
		const d = await until('temperatures', async () => { const s = await state(); return s.temperatures.hotendTemp > 0 ? s : null; });
		assert.deepEqual([d.state, d.connected, d.printerId, d.printerName, d.error], ['idle', true, printer, 'Sim 1', null]);
		assert.equal(d.temperatures.hotend.actual, d.temperatures.hotendTemp);
		assert.equal(d.temperatures.bed.target, d.temperatures.bedTarget);
	});
	await test('R-105 R-107 answers of the firmware', async () => {
		const home = await send('G28', { wait: true });
		assert.deepEqual([home.status, home.json.data?.response, home.json.data?.status], [200, 'ok', 'completed'], home.text);
		const temp = await send('M105');
		assert.match(temp.json.data.response, /^ok.*T:\s*[\d.]+/m);
	});
	await test('R-106 R-108 what is no command is not sent; small letters are', async () => {
		const from = wire().length;
		for (const bad of ['invalid command!', '', 'G1 X10\nM112', 'G28 X', 'M117 Hello', 'G1X10', ' M105', 'M105 ', `G1 X${'1'.repeat(97)}`])
			assert.equal(code(await send(bad)), '400 VALIDATION_ERROR', JSON.stringify(bad));
		assert.deepEqual(since(from), []);
	});
	await test('R-108 lower case goes upper', async () => {
		const from = wire().length;
		assert.equal((await send('g1 f1200')).status, 200);
		assert.deepEqual(since(from), ['G1 F1200']);
	});
	await test('R-109 without waiting it is queued at once', async () => {
		const began = Date.now(), r = await send('G4 P3000', { wait: false });
		assert.deepEqual([r.status, r.json.data.response], [200, 'queued']);
		assert.ok(Date.now() - began < 2500, `${Date.now() - began} ms`);
		assert.ok(r.json.data.commandId);
		await until('its end', () => stack.sql(`SELECT 1 FROM printer_commands WHERE id = '${r.json.data.commandId}' AND status = 'completed'`).length === 1);
	});
	await test('R-112 a firmware that refuses is 502 with its words', async () => {
		const r = await send('G2 X10');
		assert.equal(code(r), '502 PRINTER_ERROR', r.text);
		assert.match(r.json.error.message, /bad parameters/i);
	});
	await test('R-112 a printer that does not answer in time: 504 with the command', async () => {
		const r = await send('G4 S200');
		assert.equal(code(r), '504 COMMAND_TIMEOUT', r.text);
		assert.match(r.json.error.details.commandId, /^[0-9a-f-]{36}$/);
		await until('it has gone on', () => stack.sql(`SELECT 1 FROM printer_commands WHERE id = '${r.json.error.details.commandId}' AND status = 'completed'`).length === 1, 40);
	});
	await test('R-113 homing: all, some, none, others', async () => {
		for (const [axes, want] of [['all', 'G28'], [undefined, 'G28'], [['Y', 'X', 'Y'], 'G28 X Y'], [['Z'], 'G28 Z']]) {
			const from = wire().length, r = await call('POST', '/api/printer/home', { axes });
			assert.equal(r.status, 200, r.text);
			assert.ok(r.json.data.commandId);
			assert.deepEqual(since(from), [want]);
		}
		for (const axes of [[], ['Q'], 'XY', 7])
			assert.equal(code(await call('POST', '/api/printer/home', { axes })), '400 VALIDATION_ERROR', JSON.stringify(axes));
	});
	await test('R-114 a move is relative and leaves the mode as it was', async () => {
		for (const mode of ['G90', 'G91']) {
			await send(mode);
			const from = wire().length, r = await call('POST', '/api/printer/move', { axis: 'X', distance: 5.5, speed: 1200 });
			assert.equal(r.status, 200, r.text);
			const sent = since(from);
			assert.ok(sent.some((t) => /^G[01] .*X5\.5/.test(t)), sent.join(' | '));
			assert.equal(sent.filter((t) => /^G9[01]$/.test(t)).at(-1) ?? mode, mode, sent.join(' | '));
		}
		await send('G90');
		const here = wire().length, none = await call('POST', '/api/printer/move', { axis: 'Z', distance: 0, speed: 100 });
		assert.deepEqual([none.status, none.json.data.status, since(here)], [200, 'completed', []], 'a move by nothing is a legal one');
		for (const json of [{ axis: 'Q', distance: 1, speed: 100 }, { axis: 'X', distance: 200.1, speed: 100 }, { axis: 'X', distance: 1, speed: 0 }, { axis: 'X', distance: 1, speed: 10001 }, { axis: 'X', distance: '1', speed: 100 }, {}])
			assert.equal(code(await call('POST', '/api/printer/move', json)), '400 VALIDATION_ERROR', JSON.stringify(json));
	});
	await test('R-115 temperatures: what is sent, limits, strings, nothing', async () => {
		const from = wire().length;
		assert.equal((await call('POST', '/api/printer/temperature', { hotend: 40, bed: 30 })).status, 200);
		assert.deepEqual(since(from).sort(), ['M104 S40', 'M140 S30']);
		for (const json of [{ hotend: 301 }, { bed: 121 }, { chamber: 81 }, { hotend: -1 }, { bed: '60' }])
			assert.equal(code(await call('POST', '/api/printer/temperature', json)), '400 VALIDATION_ERROR', JSON.stringify(json));
		const none = await call('POST', '/api/printer/temperature', {});
		assert.deepEqual([none.status, none.json.data.status], [200, 'completed']);
		assert.equal((await call('POST', '/api/printer/temperature', { hotend: 0, bed: 0 })).status, 200);
	});
	await test('R-116 without an active job there is nothing to pause, resume or cancel', async () => {
		for (const act of ['pause', 'resume', 'cancel'])
			assert.equal(code(await call('POST', `/api/printer/${act}`)), '409 INVALID_STATE', act);
	});
	await test('R-117 a VIEWER controls nothing and sees the status', async () => {
		for (const [path, json] of [['command', { command: 'G28' }], ['home', {}], ['move', { axis: 'X', distance: 1, speed: 1 }], ['temperature', {}], ['emergency-stop'], ['pause'], ['resume'], ['cancel']])
			assert.equal(code(await call('POST', `/api/printer/${path}`, json, tokens.viewer)), '403 FORBIDDEN', path);
		assert.equal((await state()).state, 'idle');
	});
	await test('R-121 every control call has its row and its note, with the user', async () => {
		const r = await call('POST', '/api/printer/home', { axes: ['X'] });
		assert.deepEqual(stack.sql(`SELECT created_by, status FROM printer_commands WHERE id = '${r.json.data.commandId}'`), [[id.olga, 'completed']]);
		assert.ok(Number(stack.sql(`SELECT count(*) FROM system_events WHERE event_type = 'printer.command' AND user_id = '${id.olga}' AND metadata::text LIKE '%${r.json.data.commandId}%'`)[0][0]) > 0);
	});

	const files = { short: await stack.upload('short.gcode', short), long: await stack.upload('long.gcode', long),
		shown: await stack.upload('shown.gcode', `; thumbnail begin 1x1 ${PNG.length}\n; ${PNG}\n; thumbnail end\n${short}`) };
	const analysed = (f) => until('its analysis', () => stack.sql(`SELECT 1 FROM files WHERE id = '${f}' AND analysis IS NOT NULL`).length === 1, 30);
	for (const f of Object.values(files))
		await analysed(f);
	await test('R-135 the commands of a layer, the picture in the file', async () => {
		const layer = async (n) => (await call('GET', `/api/files/${files.short}/preview?format=layers&layer=${n}`)).json.data;
		const [first, second, none] = [await layer(0), await layer(1), await layer(7)];
		assert.deepEqual([first.layerCount, first.layer, first.commands.length], [2, 0, 61]);
		assert.equal(first.commands[0], 'G1 Z0.2');
		assert.deepEqual([second.commands[0], second.commands.at(-1), second.truncated], ['G1 Z0.4', 'M140 S0', false]);
		assert.deepEqual([none.layerCount, none.commands], [2, []]);
		const picture = await fetch(`${stack.url}/api/files/${files.shown}/preview`, { headers: { authorization: `Bearer ${tokens.viewer}` } });
		assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/png']);
		assert.equal(Buffer.from(await picture.arrayBuffer()).toString('latin1', 1, 4), 'PNG');
	});
	let job;
	await test('R-152 R-138 R-150 a start: PREPARING, PRINTING, COMPLETED; current while it runs', async () => {
		assert.deepEqual((await call('GET', '/api/jobs/current')).json, { success: true, data: null });
		const r = await stack.startJob(files.short, printer);
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.data.job.status, 'PREPARING');
		job = r.json.data.job.id;
		const seen = new Set();
		for (;;) {
			const j = (await stack.job(job)).job;
			seen.add(j.status);
			if (j.status === 'COMPLETED' || j.status === 'FAILED')
				break;
			const current = (await call('GET', '/api/jobs/current')).json.data;
			assert.ok(current === null || current.job.id === job);
			await tick(20);
		}
		assert.ok(seen.has('PRINTING') && seen.has('COMPLETED'), [...seen].join(' '));
		assert.equal((await call('GET', `/api/files/${files.short}`)).json.data.file.printCount, 1);
		assert.equal((await call('GET', '/api/jobs/current')).json.data, null);
	});
	await test('R-151 R-159 R-160 one job with its events and temperatures, and its figures at the end', async () => {
		const d = await stack.job(job);
		assert.deepEqual(Object.keys(d).sort(), ['events', 'job', 'temperatures']);
		const types = d.events.map((e) => e.eventType);
		assert.ok(types.includes('JOB_STARTED') && types.includes('JOB_COMPLETED'), types.join(' '));
		assert.deepEqual([...d.events].map((e) => e.timestamp), [...d.events].map((e) => e.timestamp).sort());
		assert.ok(d.job.actualTime >= 1 && d.job.startedAt && d.job.completedAt && d.job.progress === 100);
		assert.equal(code(await call('GET', '/api/jobs/00000000-0000-4000-8000-000000000000')), '404 NOT_FOUND');
	});
	await test('R-153 R-110 R-156 R-157 R-160 while it prints: no second start, no motion; pause, resume, cancel', async () => {
		await stack.untilIdle(printer);
		job = (await stack.startJob(files.long, printer)).json.data.job.id;
		await stack.untilJob(job, 'PRINTING', 60);
		const second = await stack.startJob(files.short, printer);
		assert.equal(`${code(second)} ${second.json.error.message}`, '409 PRINTER_BUSY Printer is already printing');
		const queued = await stack.startJob(files.short, printer, { queue: true });
		assert.deepEqual([queued.status, queued.json.data.job.status], [201, 'QUEUED']);
		for (const [path, json] of [['command', { command: 'G28' }], ['command', { command: 'G1 X1' }], ['home', {}], ['move', { axis: 'X', distance: 1, speed: 100 }]])
			assert.equal(code(await call('POST', `/api/printer/${path}`, json)), '409 PRINTER_BUSY', path);
		const act = async (what) => {
			const r = await call('POST', `/api/jobs/${job}/${what}`);
			assert.ok([200, 202].includes(r.status), r.text);
			return r.json.data.job.id;
		};
		assert.equal(await act('pause'), job);
		await stack.untilJob(job, 'PAUSED', 60);
		assert.equal((await call('POST', `/api/jobs/${job}/pause`)).status, 200, 'paused is paused');
		assert.equal((await state()).state, 'paused');
		await act('resume');
		await stack.untilJob(job, 'PRINTING', 60);
		const cancelled = await call('POST', '/api/printer/cancel');
		assert.ok([200, 202].includes(cancelled.status), cancelled.text);
		assert.equal(cancelled.json.data.job.id, job);
		const { events } = await stack.untilJob(job, 'CANCELLED', 60);
		const types = events.map((e) => e.eventType);
		for (const t of ['JOB_STARTED', 'JOB_PAUSED', 'JOB_RESUMED', 'JOB_CANCELLED'])
			assert.ok(types.includes(t), `${t} in ${types.join(' ')}`);
		for (const what of ['pause', 'resume', 'cancel'])
			assert.equal(code(await call('POST', `/api/jobs/${job}/${what}`)), '409 INVALID_STATE', what);
		assert.equal(code(await call('POST', '/api/jobs/00000000-0000-4000-8000-000000000000/pause')), '404 NOT_FOUND');
		const gone = await call('POST', `/api/jobs/${queued.json.data.job.id}/cancel`);
		assert.deepEqual([gone.status, gone.json.data.job.status], [200, 'CANCELLED']);
	});
	await test('R-149 lists: states in any case, pages, newest first', async () => {
		const list = async (q) => (await call('GET', `/api/jobs?${q}`)).json;
		assert.deepEqual((await list('status=Cancelled')).data.jobs.map((j) => j.status), ['CANCELLED', 'CANCELLED']);
		const all = await list('limit=2');
		assert.deepEqual([all.data.total, all.data.pages, all.meta.limit, all.data.jobs.length], [3, 2, 2, 2]);
		const times = all.data.jobs.map((j) => j.createdAt);
		assert.deepEqual(times, [...times].sort().reverse());
		assert.equal(code(await call('GET', '/api/jobs?status=lost')), '400 VALIDATION_ERROR');
	});
	await test('R-155 temperatures of the start replace those of the file that are not zero', async () => {
		await stack.untilIdle(printer, 60);
		const from = wire().length;
		const r = await stack.startJob(files.short, printer, { settings: { temperature: { hotend: 190, bed: 45 } } });
		assert.equal(r.status, 201, r.text);
		await stack.untilJob(r.json.data.job.id, 'COMPLETED', 90);
		const heat = since(from).filter((t) => /^M(104|109|140|190)\b/.test(t));
		assert.ok(heat.some((t) => / S190$/.test(t)) && heat.some((t) => / S45$/.test(t)), heat.join(' | '));
		assert.ok(heat.every((t) => / S(190|45|0)$/.test(t)), heat.join(' | '));
		assert.ok(heat.includes('M104 S0') && heat.includes('M140 S0'));
	});
	await test('R-118 R-119 R-111 an emergency stop, also by M112, is on the wire at once and never refused', async () => {
		const boots = () => stack.transcript(1).filter((l) => /^# reset/.test(l)).length;
		for (const stop of [() => call('POST', '/api/printer/emergency-stop'), () => send('M112')]) {
			await stack.untilIdle(printer, 60);
			await send('G4 S60', { wait: false });
			await tick(200);
			const count = () => stack.transcript(1).filter((l) => /^# kill M112|M112$/.test(l)).length, before = count();
			const started = boots(), r = await stop();
			assert.equal(r.status, 200, r.text);
			assert.equal(r.json.success, true);
			await until('M112 on the wire', () => count() > before, 5);
			await until('the board has started again', () => boots() > started, 30);
		}
		await until('its note', () => Number(stack.sql("SELECT count(*) FROM system_events WHERE event_type = 'printer.emergency_stop'")[0][0]) > 0);
	});
	await test('R-120 an emergency stop works while the database is stopped', async () => {
		await stack.untilIdle(printer, 60);
		const count = () => stack.transcript(1).filter((l) => /^# kill M112|M112$/.test(l)).length, before = count();
		stack.stopDatabase('immediate');
		const r = await call('POST', '/api/printer/emergency-stop');
		assert.equal(r.status, 200, r.text);
		await until('M112 on the wire', () => count() > before, 5);
		assert.ok(existsSync(join(stack.dir, 'transcript-1')));
		await stack.startDatabase();
		stack.db = stack.db.replace('dbname=postgres', 'dbname=platen');
		await until('the API is back', async () => (await call('GET', '/api/jobs')).status === 200, 20);
	});
}
