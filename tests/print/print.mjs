// SPDX-License-Identifier: Apache-2.0
// Whole prints through nginx, FastCGI, PostgreSQL, worker, holder and spooler to simulated
// printers: what they executed is compared with the file by a judge of its own (lib/judge.mjs).
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, realpathSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { commandsOf, machineAfter } from '../lib/judge.mjs';
import { program, Suite, until } from '../lib/stack.mjs';
import { DIALECTS, generate, Press } from './press.mjs';

const only = process.argv.slice(2);
const suite = new Suite();
const h = new Press();
const began = Date.now();

async function test(name, body) {
	if (only.length > 0 && !only.some((word) => name.includes(word)))
		return;
	const failed = suite.failed;
	await suite.test(name, body);
	if (suite.failed > failed) {
		console.log(h.sql('SELECT id, status, hold_reason, progress_percentage, failure_reason FROM print_jobs ORDER BY created_at DESC LIMIT 4').join('\n'));
		console.log(h.sql('SELECT printer_id, state, connected, error_message FROM printer_live').join('\n'));
		console.log(h.logs(8));
	}
}

function same(what, got, wanted) {
	if (JSON.stringify(got) !== JSON.stringify(wanted))
		throw new Error(`${what}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

function near(what, got, wanted, by = 0.011) {
	if (!(Math.abs(got - wanted) <= by))
		throw new Error(`${what}: ${got}, wanted ${wanted}`);
}

/** The session cookie an answer sets. */
function crumb(answer) {
	return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** The machine must be where the file alone would have left it. */
function asLeftBy(k, text, extruded) {
	const want = machineAfter(commandsOf(text)), got = h.state(k);
	for (const key of ['x', 'y', 'z', 'e'])
		near(key, got[key], want[key]);
	near('feed', got.feed, want.feed, 1);
	near('extruded', got.extruded - extruded, want.extruded, 0.05);
	for (const key of ['absoluteXyz', 'absoluteE', 'fan', 'speedPercent', 'flowPercent'])
		same(key, got[key], want[key]);
	for (const key of ['hotendTarget', 'bedTarget'])
		near(key, got[key], want[key]);
}

/** Progress and layers of a running job as a client sees them: never falling. */
async function watch(job) {
	const seen = [];
	for (;;) {
		const { job: j } = await h.job(job);
		const last = seen.at(-1);
		if (last && (j.progress < last.progress || (j.currentLayer ?? 0) < (last.currentLayer ?? 0)))
			throw new Error(`progress went back: ${JSON.stringify(last)} to ${j.progress} ${j.currentLayer}`);
		seen.push({ progress: j.progress, currentLayer: j.currentLayer, status: j.status });
		if (['COMPLETED', 'FAILED', 'CANCELLED'].includes(j.status))
			return { seen, job: j };
		await new Promise((done) => setTimeout(done, 200));
	}
}

async function whole(k, name, text) {
	const file = await h.put(`${name}-${DIALECTS[k - 1]}.gcode`, text);
	const p = await h.print(k, file);
	const { seen, job } = await watch(p.id);
	same('status', job.status, 'COMPLETED');
	const { before, after } = h.judgeOf(p, text);
	if ([...before, ...after].some((c) => /^(G28|M1[049]|M109|M190|G[01] )/.test(c) && !/^M104 S0|^M140 S0/.test(c)))
		throw new Error(`homed or heated twice: ${before} … ${after}`);
	same('progress', Number(job.progress), 100);
	if (!(job.actualTime >= 1 && job.startedAt && job.completedAt))
		throw new Error(`times: ${JSON.stringify(job)}`);
	same('events', h.events(p.id), ['JOB_STARTED', 'JOB_COMPLETED']);
	same('print count', (await h.call('GET', `/api/files/${file}`)).json.data.file.printCount, 1);
	const layers = text.split('\n').filter((l) => /^;LAYER(_CHANGE|:)/.test(l)).length;
	same('layers', [job.currentLayer, job.totalLayers], [layers, layers]);
	if (!seen.some((s) => s.status === 'PRINTING'))
		throw new Error(`never seen printing: ${JSON.stringify(seen)}`);
	return { p, seen };
}

const STYLES = {
	'PrusaSlicer, inline comments, CRLF, relative E, M73': (n) => generate('--style', 'prusa', '--inline-comments', '--crlf', '--lines', n),
	'OrcaSlicer, arcs, relative E, M73': (n) => generate('--style', 'orca', '--arcs', '--inline-comments', '--lines', n),
	'Cura, absolute E, comments alone': (n) => generate('--style', 'cura', '--lines', n),
};

const BODY = (n, from = 0) => Array.from({ length: n }, (_, i) =>
	`G1 X${(30 + ((from + i) * 7 % 100)).toFixed(1)} Y${(40 + ((from + i) * 3 % 90)).toFixed(1)} E${(0.02 * (from + i + 1)).toFixed(3)}`);
/** Modes, feed, fan and factors other than the usual ones, so that losing any of them shows. */
const HEAD = ['M140 S60', 'M104 S200', 'G28', 'M190 S60', 'M109 S200', 'G90', 'M82', 'G92 E0', 'G1 Z0.4 F600', 'M106 S77', 'M220 S110',
	'M221 S95', 'G1 F4321'];
const TAIL = ['G91', 'M83', 'G1 X1 Y-2 Z3 E0.5 F1234', 'G1 X0.5 E-0.25'];

await h.startAll().catch(async (e) => { console.log(h.logs(30)); await h.stop(); throw e; });
try {
	for (let k = 1; k <= DIALECTS.length; k++)
		h.printerIds[k] = await h.addPrinter(k);

	await test('R-202 each dialect is identified', async () => {
		for (let k = 1; k <= DIALECTS.length; k++) {
			await h.idle(h.printerIds[k], 30);
			const [[firmware]] = h.sql(`SELECT firmware_version FROM printers WHERE id = '${h.printerIds[k]}'`);
			if (!/Marlin/.test(firmware))
				throw new Error(`${DIALECTS[k - 1]}: ${firmware}`);
		}
	});

	await test('a printer whose device is missing or in use says so; a stop by a token without an organisation', async () => {
		const device = h.device(9);
		const r = await h.call('POST', '/api/printers', { json: { organizationId: h.org, name: 'Not there', connection_type: 'usb',
			serial_device: device, baud_rate: 115200 } });
		same('created', r.status, 201);
		const says = async (error) => until(`error ${error?.message}`, async () =>
			JSON.stringify((await h.printerState(r.json.id)).error) === JSON.stringify(error), 20);
		await says({ code: 'PORT', message: `Cannot open ${device}: the device is not there` });
		const form = await h.call('GET', '/sign-in', { token: null });
		const entered = await h.call('POST', '/sign-in', { token: null, headers: { cookie: crumb(form) },
			body: new URLSearchParams({ ...h.admin, _csrf: /name="_csrf" value="([^"]*)"/.exec(form.text)[1] }) });
		const cookie = crumb(entered);
		const page = await h.call('GET', `/printers/${r.json.id}`, { token: null, headers: { cookie } });
		if (!page.text.includes('the device is not there') || page.text.includes('The printer reports'))
			throw new Error(`${entered.status} ${page.status} ${page.text}`);

		const terminal = join(h.dir, 'terminal');
		const printer = spawn(program('platen-sim'), ['--name', 'sim9', '--link', terminal], { stdio: 'ignore' });
		await until('a terminal', () => existsSync(terminal));
		const other = spawn('flock', [terminal, 'sh', '-c', 'echo mine; cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
		await once(other.stdout, 'data');
		symlinkSync(realpathSync(terminal), device);
		await says({ code: 'PORT', message: `Cannot open ${device}: the device is in use by another program` });
		other.stdin.end();
		await says(null);
		await h.untilIdle(r.json.id);

		// A token that names no organisation: its user's, asked of the database.
		const part = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
		const [[user]] = h.sql(`SELECT id FROM users WHERE email = '${h.admin.email}'`);
		const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ userId: user, role: 'ADMIN', exp: Math.floor(Date.now() / 1000) + 60 })}`;
		const token = `${text}.${createHmac('sha256', h.config['auth.jwt_secret']).update(text).digest('base64url')}`;
		same('stop', (await h.call('POST', `/api/printer/emergency-stop?printerId=${r.json.id}`, { token })).status, 200);
		await until('stopped', async () => (await h.printerState(r.json.id)).error?.code === 'EMERGENCY_STOP', 5);
		await h.untilIdle(r.json.id);

		unlinkSync(device);
		printer.kill();
		await says({ code: 'PORT', message: `Cannot open ${device}: the device is not there` });
		same('deleted', (await h.call('DELETE', `/api/printers/${r.json.id}?organizationId=${h.org}`)).status, 200);
	});

	for (const [name, make] of Object.entries(STYLES))
		await test(`${name}: exact on each dialect`, async () => {
			const long = name.startsWith('Cura');
			const done = await Promise.allSettled(DIALECTS.map((d, i) =>
				whole(i + 1, name.split(',')[0], make(long && d === 'bugfix' ? 100000 : 2500 + 400 * i))));
			for (const [i, r] of done.entries())
				if (r.status === 'rejected')
					throw new Error(`${DIALECTS[i]}: ${r.reason.stack}`);
			if (long && !done[2].value.seen.some((s) => s.progress > 20 && s.progress < 80))
				throw new Error(`no progress between: ${JSON.stringify(done[2].value.seen)}`);
		});

	await test('what a file may hold: odd blanks, numbers of its own, quotes, brackets, dropped words', async () => {
		const text = ['G28', '\tg1   x10  Y20 F3000 ; c', 'N5 G1 X11*33', '(alone) ', 'G1 (in it) X12', 'M117 hello (you) there ; c',
			'  ;', '%', 'M21', 'M20', 'M999', 'M118 E1 done', '', 'G4 P1', `M117 ${'long '.repeat(30)}`, 'G1 X13'].join('\n');
		const p = await h.print(1, await h.put('odd.gcode', text));
		await h.untilJob(p.id, 'COMPLETED');
		const wanted = commandsOf(text);
		const long = wanted.findIndex((c) => c.startsWith('M117 long'));
		const got = h.executedOf(p).filter((c) => c.number > p.base).map((c) => c.text);
		const cut = got.find((c) => c.startsWith('M117 long'));
		if (!wanted[long].startsWith(cut) || cut.length < 60 || cut.length > 81)
			throw new Error(`cut to '${cut}'`);
		wanted[long] = cut;
		const first = got.indexOf(wanted[0]);
		same('commands', got.slice(first, first + wanted.length), wanted);
	});

	await test('R-224 R-226 R-227 pause and resume on each dialect: everything as before', async () => {
		const text = [...HEAD, ...BODY(20000), ...TAIL].join('\n');
		const done = await Promise.allSettled(DIALECTS.map(async (d, i) => {
			const { extruded } = h.state(i + 1);
			const p = await h.print(i + 1, await h.put(`pause-${d}.gcode`, text));
			await h.lines(p, 200);
			// Filament is only retracted when the hotend is known to be hot, by two reports of this print.
			const since = Date.now();
			await until('reported hot', async () => Date.now() > since + 5500 &&
				(await h.printerState(h.printerIds[p.k])).temperatures.hotend.actual > 190);
			for (let n = 0; n < 2; n++) {
				const r = await h.act(p.id, 'pause');
				same('pause', [r.status, r.json.data.job.status], [200, 'PAUSED']);
				const parked = h.state(p.k);
				near('parked', Math.hypot(parked.x, parked.y), 0);
				near('hotend kept', parked.hotendTarget, 200);
				near('bed while paused', parked.bedTarget, 40);
				const again = await h.act(p.id, 'pause');
				same('pausing a paused job', again.status, 200);
				const back = await h.act(p.id, 'resume');
				if (back.status !== 200 && back.status !== 202)
					throw new Error(`resume: ${back.status} ${back.text}`);
				await h.untilJob(p.id, ['PRINTING', 'COMPLETED']);
				await h.lines(p, h.executedOf(p).length + 200);
			}
			await h.untilJob(p.id, 'COMPLETED');
			const { inserted } = h.judgeOf(p, text, { insertions: 2 });
			if (!inserted[0].texts.includes('G1 Z10 F300') || !inserted[0].texts.some((t) => /^G1 E-2/.test(t)))
				throw new Error(`script: ${inserted[0].texts}`);
			asLeftBy(p.k, text, extruded);
			same('events', h.events(p.id), ['JOB_STARTED', 'JOB_PAUSED', 'JOB_RESUMED', 'JOB_PAUSED', 'JOB_RESUMED', 'JOB_COMPLETED']);
		}));
		for (const [i, r] of done.entries())
			if (r.status === 'rejected')
				throw new Error(`${DIALECTS[i]}: ${r.reason.stack}`);
	});

	await test('R-216 R-233 M0, @pause and M600 in a file pause it; the button of the printer too', async () => {
		const parts = [[...HEAD, ...BODY(100)], ['M0 look', ...BODY(100, 100)], ['@pause', ...BODY(100, 200)], ['M600', ...BODY(9000, 300)], TAIL];
		const text = parts.flat().join('\n'), { extruded } = h.state(3), p = await h.print(3, await h.put('m0.gcode', text));
		for (const reason of ['operator', 'operator', 'filament']) {
			const { job } = await h.untilJob(p.id, 'PAUSED');
			if (reason === 'filament')
				same('hold', job.holdReason, 'filament');
			await h.act(p.id, 'resume');
			await h.untilJob(p.id, ['PRINTING', 'COMPLETED']);
			await until('it goes on', () => h.events(p.id).filter((e) => e === 'JOB_RESUMED').length > 0);
		}
		await h.lines(p, 500);
		same('button', h.simControl(3, 'press pause'), 'ok');
		await h.untilJob(p.id, 'PAUSED');
		same('button', h.simControl(3, 'press resume'), 'ok');
		await h.untilJob(p.id, 'COMPLETED');
		const wanted = commandsOf(text).filter((c) => !/^(M0|@pause|M600)/.test(c));
		const got = h.executedOf(p).filter((c) => c.number > p.base).map((c) => c.text).filter((c) => /^G1 X.* E/.test(c));
		same('moves', got, wanted.filter((c) => /^G1 X.* E/.test(c)));
		asLeftBy(3, wanted.join('\n'), extruded);
	});

	await test('R-228 cancel turns the heaters off first', async () => {
		const text = [...HEAD, ...BODY(12000), ...TAIL].join('\n'), file = await h.put('cancel.gcode', text);
		for (const k of [1, 2, 3, 4]) {
			const p = await h.print(k, file);
			await h.lines(p, 100);
			const r = await h.act(p.id, 'cancel');
			if (r.status !== 200)
				throw new Error(`cancel: ${r.status} ${r.text}`);
			await h.untilJob(p.id, 'CANCELLED');
			await h.idle(h.printerIds[k], 30);
			const { count, mine } = h.judgeOf(p, text, { whole: false, insertions: 0 });
			// A slow machine may have asked for the temperature in between; that is no part of the script.
			const texts = mine.map((c) => c.text).filter((c) => !/^M(105|114)$/.test(c));
			const rest = texts.slice(texts.indexOf(commandsOf(text)[0]) + count);
			same('first of the script', rest.slice(0, 3), ['M104 S0', 'M140 S0', 'M107']);
			same('targets', [h.state(k).hotendTarget, h.state(k).bedTarget, h.state(k).fan], [0, 0, 0]);
		}
	});

	await test('R-229 cancel while heating does not wait for the heat', async () => {
		// Hot and cold again and again, for a minute: it cannot end by itself before the cancel comes.
		const text = ['G28', ...Array.from({ length: 40 }, () => ['M109 S260', 'M109 R60']).flat(), ...BODY(50)].join('\n');
		const p = await h.print(1, await h.put('heat.gcode', text));
		const heats = () => h.executedOf(p).filter((c) => /^M109/.test(c.text)).length;
		await until('it heats', () => heats() > 0, 60);
		await h.act(p.id, 'cancel');
		await h.untilJob(p.id, 'CANCELLED');
		await h.idle(h.printerIds[1], 30);
		if (!h.executedOf(p).some((c) => c.text === 'M108') || heats() === 80)
			throw new Error(`${heats()} heatings, then ${h.executedOf(p).slice(-12).map((c) => c.text)}`);
		near('target', h.state(1).hotendTarget, 0);
	});

	await test('R-105 R-107 R-110 R-236 commands: answered, allowed or refused while printing', async () => {
		const at = `/api/printer/command?printerId=${h.printerIds[3]}`;
		const bare = await h.call('POST', at, { json: { command: 'G28', wait: true } });
		same('G28', [bare.status, bare.json?.data?.response], [200, 'ok']); // its report of the place is news
		const idle = await h.call('POST', at, { json: { command: 'M115' } });
		if (idle.status !== 200 || !/FIRMWARE_NAME:.*\n[^]*^ok/m.test(idle.json.data.response))
			throw new Error(`M115: ${idle.status} ${idle.text}`);
		const text = [...HEAD, ...BODY(15000), ...TAIL].join('\n');
		const p = await h.print(3, await h.put('commands.gcode', text));
		await h.lines(p, 100);
		const temp = await h.call('POST', at, { json: { command: 'M105' } });
		if (temp.status !== 200 || !/ok T:/.test(temp.json.data.response))
			throw new Error(`M105: ${temp.status} ${temp.text}`);
		const home = await h.call('POST', at, { json: { command: 'G28' } });
		same('G28 while printing', [home.status, home.json.error.code], [409, 'PRINTER_BUSY']);
		const put = (json) => h.call('PUT', `/api/printers/${h.printerIds[3]}`, { json: { organizationId: h.org, ...json } });
		const { json: row } = await h.call('GET', `/api/printers/${h.printerIds[3]}?organizationId=${h.org}`);
		same('the same port', (await put({ serial_device: row.serial_device, baud_rate: row.baud_rate, connection_type: 'usb' })).status, 200);
		for (const change of [{ is_active: false }, { connection_type: 'network' }, { serial_device: null }, { baud_rate: 9600 }])
			same(JSON.stringify(change), (await put(change)).status, 400);
		const fan = await h.call('POST', at, { json: { command: 'M106 S200' } });
		same('M106 while printing', fan.status, 200);
		await h.untilJob(p.id, 'COMPLETED');
		h.judgeOf(p, text, { insertions: 1 });
	});

	await test('R-121 an emergency stop is in the books like any command', async () => {
		await h.idle(h.printerIds[4], 30);
		const r = await h.call('POST', `/api/printer/emergency-stop?printerId=${h.printerIds[4]}`, { json: {} });
		same('stop', [r.status, r.json?.data?.success], [200, true]);
		await until('its row', () => h.sql(`SELECT 1 FROM printer_commands WHERE command_type = 'emergency_stop'
			AND status = 'completed' AND created_by IS NOT NULL AND printer_id = '${h.printerIds[4]}'`).length === 1);
		await h.idle(h.printerIds[4], 30);
	});

	await test('R-080 R-234 two plates: the second after a person has cleared the first', async () => {
		const text = [...HEAD, ...BODY(300), ...TAIL].join('\n'), file = await h.put('plates.gcode', text);
		const made = await h.call('POST', '/api/print-jobs', { json: { organizationId: h.org, product_id: file, plates_requested: 2 } });
		same('job made', made.status, 201);
		await h.idle(h.printerIds[2], 30);
		const id = made.json.id ?? made.json.job?.id;
		const from = h.transcriptSize(2);
		const sent = await h.call('POST', `/api/print-jobs/${id}/send`, { json: { organizationId: h.org, printerId: h.printerIds[2] } });
		same('sent', sent.status, 200);
		const one = { k: 2, id, from, ...h.attempt(id) };
		const { job } = await h.untilJob(id, 'PAUSED');
		same('waits', job.holdReason, 'next_plate');
		h.judgeOf(one, text);
		const again = h.transcriptSize(2);
		const r = await h.act(id, 'resume');
		if (r.status !== 200 && r.status !== 202)
			throw new Error(`resume: ${r.status} ${r.text}`);
		await h.untilJob(id, 'COMPLETED');
		h.judgeOf({ k: 2, id, from: again, ...h.attempt(id) }, text);
		same('attempts', h.sql(`SELECT plate, state FROM print_attempts WHERE job_id = '${id}' ORDER BY plate`), [['1', 'done'], ['2', 'done']]);
	});

	await test('a start is refused for a line too long and for M110, and the line is named', async () => {
		const bad = { 'long.gcode': [...HEAD, `G1 X1 Y2 ${'Z3 '.repeat(40)}`, 'G1 X2'], 'm110.gcode': [...HEAD, 'M117 M110 in it', 'G1 X2'],
			'quoted.gcode': [...HEAD, 'M118 "a ; b"', 'G1 X2'], 'hot.gcode': [...HEAD, 'M104 S400', 'G1 X2'] };
		for (const [name, lines] of Object.entries(bad)) {
			const from = h.transcriptSize(1);
			await h.idle(h.printerIds[1], 30);
			const r = await h.startJob(await h.put(name, lines.join('\n')), h.printerIds[1]);
			const line = HEAD.length + 1;
			if (r.status !== 400 || (name !== 'hot.gcode' && !r.text.includes(`line ${line}`)))
				throw new Error(`${name}: ${r.status} ${r.text}`);
			if (h.executedOf({ k: 1, from }).some((c) => c.number >= 0 && !/^(M155|M110)/.test(c.text)))
				throw new Error(`${name}: something was sent`);
		}
	});
} finally {
	if (process.env.V)
		console.log(h.logs(40));
	await h.stop();
}
console.log(`took ${Math.round((Date.now() - began) / 1000)} s`);
suite.close();
