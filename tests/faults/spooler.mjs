// SPDX-License-Identifier: Apache-2.0
// Prints on ptys while the world around the spooler dies. The simulator's transcript decides.
//   tests/faults/spooler.mjs [NAME...]   only the tests whose name contains one of these
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Starved } from '../lib/starved.mjs';
import { commands, gcode, startHouse, Suite, tick, until } from './house.mjs';

const only = process.argv.slice(2);
const suite = new Suite(), starved = new Starved();
const now = () => Number(process.hrtime.bigint() / 1000n);
const PRINTERS = 4;
const h = await startHouse({ printers: PRINTERS, simSpeed: 100, supervise: true, config: { 'queue.auto_start': 'on' } });
const printer = [];
let files = 0;

async function test(name, body) {
	if (only.length > 0 && !only.some((word) => name.includes(word)))
		return;
	const failed = suite.failed;
	await suite.test(name, body);
	if (suite.failed > failed) {
		console.log(h.sql('SELECT id, status, hold_reason, progress_percentage, failure_reason FROM print_jobs ORDER BY created_at DESC LIMIT 5').join('\n'));
		console.log(h.sql('SELECT printer_id, state, connected, error_message FROM printer_live').join('\n'));
		console.log(h.logs(25));
		for (let k = 1; k <= PRINTERS; k++)
			console.log(k, h.executed(k).slice(-4).map((c) => `${c.number} ${c.text}`), h.notes(k).slice(-4));
	}
}

const kill = (name, signal = 'SIGKILL') => h.services[name].kill(signal);

/** A file for printer k, which is idle and wanted. */
async function prepare(k, lines, options) {
	await h.idle(printer[k], 60);
	h.sql(`UPDATE printers SET attention = NULL WHERE id = '${printer[k]}'`);
	h.sql(`SELECT pg_notify('platen', 'config ${printer[k]}')`);
	const text = gcode(lines, { seed: k, ...options }), name = `f${++files}.gcode`;
	return { k, text, name, file: await h.file(name, text), options };
}

/** Its print: {k, job, text, from, done()}. */
async function begin({ k, text, name, file, options }) {
	const from = h.transcriptSize(k);
	// Right after a restart the printer is still being greeted.
	const job = await until('the start is accepted', () => h.begin(file, printer[k], options), 60);
	return {
		k, job, text, from, path: h.stored(name),
		printing: () => h.reaches(job.id, 'printing', 60),
		lines: (n) => until(`${n} lines`, () => h.executed(k, from).filter((c) => /^G1/.test(c.text)).length >= n, 60),
		done: async (seconds = 120) => {
			await h.reaches(job.id, 'completed', seconds);
			h.judge(k, job, text, from);
		},
	};
}

const print = async (k, lines, options) => begin(await prepare(k, lines, options));

/** One on each printer, all under way: begun together, so that none ends before the last begins. */
async function all(lines, options) {
	const made = [], prints = [];
	for (let k = 1; k <= PRINTERS; k++)
		made.push(await prepare(k, lines, options));
	for (const m of made)
		prints.push(await begin(m));
	for (const p of prints)
		await p.printing();
	return prints;
}

function command(k, type, metadata = {}) {
	const id = h.sql(`INSERT INTO printer_commands (organization_id, printer_id, recipient_id, command_type, metadata, created_by)
		VALUES ('${h.org}', '${printer[k]}', 'spooler', '${type}', '${JSON.stringify(metadata)}', '${h.userId}') RETURNING id`)[0][0];
	h.sql(`SELECT pg_notify('platen', 'command ${printer[k]}')`);
	return id;
}

async function commandDone(id, seconds = 30) {
	return until('command ended', () => {
		const [status, result, error] = h.sql(`SELECT status, coalesce(result, ''), coalesce(error_message, '') FROM printer_commands WHERE id = '${id}'`)[0];
		return ['completed', 'failed', 'timeout'].includes(status) && { status, result, error };
	}, seconds);
}

const stop = (socket, message) => h.packet(join(h.dir, 'run', socket), message);

function equalHistory(job) {
	const events = h.history(job).filter((e) => !e.startsWith('CUSTOM'));
	const wanted = ['JOB_STARTED:Started', 'JOB_COMPLETED:Completed'];
	if (JSON.stringify(events) !== JSON.stringify(wanted))
		throw new Error(`history: ${events}`);
}

try {
	for (let k = 1; k <= PRINTERS; k++)
		printer[k] = h.addPrinterRow(k);
	await test('printers come up', async () => {
		for (let k = 1; k <= PRINTERS; k++)
			await h.idle(printer[k]);
	});

	await test('holder runs its program anew (SIGHUP), then the spooler is killed', async () => {
		const prints = await all(4000);
		const pid = h.services.holder.pid;
		for (let i = 0; i < 3; i++) {
			kill('holder', 'SIGHUP');
			await tick(300);
			kill('spooler');
			await tick(500);
		}
		for (const p of prints)
			await p.done();
		if (h.services.holder.pid !== pid)
			throw new Error('the holder ended');
	});

	await test('a print that ends while the database is away is reported when it is back', async () => {
		const p = await print(1, 3000);
		await p.lines(20);
		h.stopDatabase('immediate');
		await until('end of the print', () => h.executed(1, p.from).some((c) => c.text === 'M107'), 60);
		await tick(1500);
		await h.startDatabase();
		h.db = h.db.replace('dbname=postgres', 'dbname=platen');
		const back = now();
		await p.done();
		const late = starved.own(back, now());
		if (late > 5000)
			throw new Error(`reconciled only after ${late} ms`);
		equalHistory(p.job.id);
	});

	await test('spooler stopped for 4 s (SIGSTOP) goes on, no printer is taken for faulty', async () => {
		const prints = await all(4000);
		await tick(400);
		kill('spooler', 'SIGSTOP');
		await tick(4000);
		kill('spooler', 'SIGCONT');
		for (const p of prints) {
			await p.done();
			equalHistory(p.job.id);
		}
	});

	await test('a second spooler takes over from a stopped one, which is dead before it writes', async () => {
		const prints = await all(4000);
		await tick(400);
		const stopped = h.services.spooler.pid;
		kill('spooler', 'SIGSTOP');
		const second = h.services.spooler2 ??= new h.services.spooler.constructor(h, 'spooler2', h.argv('spooler'));
		second.start();
		const ended = h.services.spooler.ended;
		h.services.spooler.wanted = false;
		if ((await ended).signal !== 'SIGKILL')
			throw new Error('the first one was not killed');
		if (stopped === second.pid)
			throw new Error('same process');
		for (const p of prints) {
			await p.done();
			equalHistory(p.job.id);
		}
		await second.stop('SIGKILL');
		h.services.spooler.start();
	});

	await test('deleting the upload changes nothing; changing it stops before the changed byte', async () => {
		const of1 = await prepare(1, 4000), of2 = await prepare(2, 6000), a = await begin(of1), b = await begin(of2);
		await a.printing();
		await b.printing();
		unlinkSync(a.path);
		const fd = openSync(b.path, 'r+');
		const at = 3 * 65536 + 500;
		writeSync(fd, 'G1 X111 Y222', at);
		closeSync(fd);
		await until('job fails', () => h.jobRow(b.job.id).status === 'failed', 60);
		const wanted = commands(b.text.slice(0, 3 * 65536));
		const got = h.executed(2, b.from).filter((c) => c.number > b.job.base).map((c) => c.text).filter((t) => !/^M1(05|14)$/.test(t));
		const first = got.indexOf(wanted[0]);
		let same = 0;
		while (same < wanted.length && got[first + same] === wanted[same])
			same++;
		if (same < wanted.length - 2 || got.some((c) => c.includes('X111 Y222')))
			throw new Error(`only ${same} of ${wanted.length}, then ${got[first + same]}`);
		await a.done();
	});

	await test('pause, kill, resume, kill: position and transcript as if nothing had been', async () => {
		const p = await print(1, 4000);
		await p.lines(100);
		const pause = command(1, 'pause_print');
		await tick(150);
		kill('spooler');
		await h.reaches(p.job.id, 'paused', 30);
		if ((await commandDone(pause)).status === 'timeout')
			throw new Error('pause timed out');
		kill('spooler');
		await tick(1500);
		await until('paused again', () => h.live(printer[1])?.state === 'paused', 20);
		command(1, 'resume_print');
		await tick(300);
		kill('spooler');
		await h.reaches(p.job.id, ['printing', 'completed'], 30);
		await h.reaches(p.job.id, 'completed', 60);
		const moves = h.executed(1, p.from).filter((c) => c.number > p.job.base).map((c) => c.text).filter((t) => /^G1 X.* E.* F6000$/.test(t));
		const wanted = commands(p.text).filter((t) => /^G1 X.* E.* F6000$/.test(t));
		if (JSON.stringify(moves) !== JSON.stringify(wanted))
			throw new Error(`moves differ: ${moves.length} of ${wanted.length}`);
	});

	await test('cancel turns the heaters off first', async () => {
		const p = await print(1, 3000);
		await p.lines(50);
		const id = command(1, 'cancel_print');
		await h.reaches(p.job.id, 'cancelled', 30);
		const done = await commandDone(id);
		if (done.status !== 'completed')
			throw new Error(JSON.stringify(done));
		const after = h.executed(1, p.from).map((c) => c.text);
		const off = after.lastIndexOf('M104 S0'), park = after.findLastIndex((t) => /^G1 (Z|X0)/.test(t));
		if (off < 0 || (park >= 0 && park < off))
			throw new Error(`order: ${after.slice(-12)}`);
	});

	await test('what a spooler took before it died is told to have failed, wishes are given again', async () => {
		const p = await print(1, 4000), taken = (type, meta) => h.sql(`INSERT INTO printer_commands (organization_id, printer_id,
			recipient_id, command_type, metadata, created_by, status, sent_at) VALUES ('${h.org}', '${printer[1]}', 'spooler', '${type}',
			'${meta}', '${h.userId}', 'sent', now()) RETURNING id`)[0][0];
		await p.lines(50);
		h.services.spooler.supervise = false;
		kill('spooler');
		await h.services.spooler.ended;
		const before = taken('custom_gcode', '{"gcode": "M105"}'), wish = taken('pause_print', '{}');
		h.services.spooler.supervise = true;
		h.services.spooler.start();
		const own = command(1, 'custom_gcode', { gcode: 'M105' });
		await h.reaches(p.job.id, 'paused', 40);
		const ends = [await commandDone(before), await commandDone(wish), await commandDone(own)].map((c) => c.status);
		if (ends.join() !== 'failed,completed,completed')
			throw new Error(`ended as ${ends}`);
		// The database may still execute what a dead process asked for.
		const late = taken('resume_print', '{}');
		await until('looked at once more', () => {
			h.sql(`SELECT pg_notify('platen', 'config ${printer[1]}')`);
			return h.jobRow(p.job.id).status !== 'paused';
		}, 30);
		if ((await commandDone(late)).status !== 'completed')
			throw new Error('the late wish was not answered');
		command(1, 'cancel_print');
		await h.reaches(p.job.id, 'cancelled', 40);
	});

	await test('a command is answered with the printer\'s words; a bad one is refused', async () => {
		await h.idle(printer[1]);
		const ok = await commandDone(command(1, 'custom_gcode', { gcode: 'M115' }));
		if (ok.status !== 'completed' || !/FIRMWARE_NAME/.test(ok.result))
			throw new Error(JSON.stringify(ok));
		const bad = await commandDone(command(1, 'set_bed_temp', { target: 500 }));
		if (bad.status !== 'failed' || bad.error === '')
			throw new Error(JSON.stringify(bad));
	});

	await test('emergency stop over the socket with the database stopped', async () => {
		const p = await print(2, 4000);
		await p.lines(50);
		h.stopDatabase('immediate');
		const { answer } = stop('spooler.sock', `stop 11111111-1111-4111-8111-111111111111 ${printer[2]} ${h.userId}`);
		await until('M112 at the printer', () => h.notes(2, p.from).some((n) => /kill|M112/.test(n)));
		await h.startDatabase();
		h.db = h.db.replace('dbname=postgres', 'dbname=platen');
		if (answer !== 'written')
			throw new Error(answer);
		await until('failed', () => h.jobRow(p.job.id).status === 'failed', 20);
		if (h.jobRow(p.job.id).category !== 'EmergencyStop')
			throw new Error(JSON.stringify(h.jobRow(p.job.id)));
		await h.idle(printer[2], 30); // the reset brings the board back
	});

	await test('emergency stop through the holder while the spooler is stopped: told once', async () => {
		const p = await print(1, 4000), request = '22222222-2222-4222-8222-222222222222';
		await p.lines(50);
		kill('spooler', 'SIGSTOP');
		const silent = stop('spooler.sock', `stop ${request} ${printer[1]}@${h.org} ${h.userId}`).answer;
		if (silent !== '')
			throw new Error(`a stopped process said ${silent}`);
		const foreign = stop('holder.sock', `stop r ${printer[1]}@99999999-9999-4999-8999-999999999999 ${h.userId}`).answer;
		if (foreign !== 'unknown')
			throw new Error(`another organisation: ${foreign}`);
		const { answer } = stop('holder.sock', `stop ${request} ${printer[1]}@${h.org} ${h.userId}`);
		await until('M112 at the printer', () => h.notes(1, p.from).some((n) => /kill|M112/.test(n)));
		kill('spooler', 'SIGCONT');
		if (answer !== 'written')
			throw new Error(answer);
		await until('failed', () => h.jobRow(p.job.id).status === 'failed', 20);
		await h.idle(printer[1], 30);
		const [[audits]] = h.sql(`SELECT count(*) FROM system_events WHERE event_type = 'printer.emergency_stop' AND metadata->>'request' = '${request}'`);
		if (audits !== '1')
			throw new Error(`${audits} in the audit log`);
	});

	await test('stop of an unknown or foreign printer; of the default one', async () => {
		const no = '99999999-9999-4999-8999-999999999999';
		for (const target of [no, `${printer[1]}@${no}`, `default:${no}`, 'nonsense']) {
			const { answer } = stop('spooler.sock', `stop r ${target} ${h.userId}`);
			if (answer !== 'unknown')
				throw new Error(`${target}: ${answer}`);
		}
		for (const socket of ['spooler.sock', 'holder.sock']) {
			await h.idle(printer[1], 30);
			const from = h.transcriptSize(1);
			const { answer } = stop(socket, `stop 33333333-3333-4333-8333-333333333333 default:${h.org} ${h.userId}`);
			if (answer !== 'written')
				throw new Error(`${socket}: ${answer}`);
			await until('M112 at the printer', () => h.notes(1, from).some((n) => /kill|M112/.test(n)));
			await until('halted', () => h.live(printer[1])?.state !== 'idle');
		}
		await h.idle(printer[1], 30);
	});

	await test('the queue goes on by itself, but only with a clear plate', async () => {
		await h.idle(printer[4], 30);
		const file = await h.file(`f${++files}.gcode`, gcode(60));
		const queue = () => h.sql(`INSERT INTO print_jobs (organization_id, user_id, created_by, file_id, printer_id, status, queued_at)
			VALUES ('${h.org}', '${h.userId}', '${h.userId}', '${file}', '${printer[4]}', 'queued', now()) RETURNING id`)[0][0];
		h.sql(`UPDATE printers SET plate = 'clear', attention = NULL WHERE id = '${printer[4]}'`);
		const first = queue(), second = queue();
		h.sql(`SELECT pg_notify('platen', 'job ${printer[4]}')`);
		await h.reaches(first, 'completed', 40);
		h.sql(`SELECT pg_notify('platen', 'job ${printer[4]}')`);
		await tick(1500);
		if (h.jobRow(second).status !== 'queued')
			throw new Error('began on an occupied plate');
		h.sql(`UPDATE printers SET plate = 'clear' WHERE id = '${printer[4]}'`);
		h.sql(`SELECT pg_notify('platen', 'config ${printer[4]}')`);
		await h.reaches(second, 'completed', 40);
	});

	await test('a claim that cannot begin expires after 30 s and never begins later', async () => {
		await h.idle(printer[3]);
		const file = await h.file(`f${++files}.gcode`, gcode(50));
		h.services.spooler.supervise = false;
		kill('spooler');
		const from = h.transcriptSize(3);
		const job = h.begin(file, printer[3]);
		await tick(31000);
		h.services.spooler.supervise = true;
		h.services.spooler.start();
		await until('expired', () => h.jobRow(job.id).hold === 'start_expired', 30);
		if (h.jobRow(job.id).status !== 'queued')
			throw new Error(JSON.stringify(h.jobRow(job.id)));
		await h.idle(printer[3]);
		if (h.executed(3, from).some((c) => /^G28/.test(c.text)))
			throw new Error('it began');
	});

	await test('everything of ours killed at once: held or exact', async () => {
		const p = await print(4, 4000);
		await p.lines(100);
		kill('spooler');
		kill('holder');
		const row = await h.reaches(p.job.id, ['completed', 'paused'], 60);
		if (row.status === 'completed')
			h.judge(4, p.job, p.text, p.from);
		else if (row.hold !== 'interrupted')
			throw new Error(JSON.stringify(row));
	});
} finally {
	if (process.env.V)
		console.log(h.logs(200));
	await h.services.spooler2?.stop('SIGKILL');
	await h.stop();
	await starved.stop();
}
suite.close();
