// SPDX-License-Identifier: Apache-2.0
// The spooler is killed at chosen system calls of its whole life with a short job: from its start,
// through hand-over, heating, lines, a pause and a resume, to the end. strace first lists them,
// then each run dies at one of them.
//   POINTS=300 tests/faults/sweep.mjs     (default 12; POINTS=0: every one; ONLY=sendto: those calls;
//                                          CALLS='sendto 53,read 335': exactly those)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { random, seed } from './chance.mjs';
import { startHouse, Suite, until } from './house.mjs';
import { commandsOf, judge, readTranscript } from '../lib/judge.mjs';

const PRINTERS = 4, POINTS = Number(process.env.POINTS ?? 12);
const suite = new Suite();
process.env.ASAN_OPTIONS = `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0`; // LeakSanitizer does not run under strace
const h = await startHouse({ printers: PRINTERS, simSpeed: 100, supervise: true });
console.log(`seed ${seed}`);

const moves = (n, from) => Array.from({ length: n }, (_, i) => `G1 X${20 + (from + i) % 150} Y${30 + (from + i) % 90} E${(0.05 * (from + i + 1)).toFixed(2)} F6000`);
const text = ['M140 S60', 'M104 S200', 'G28', 'M190 S60', 'M109 S200', 'G92 E0', 'M106 S99', ...moves(25, 0), '@pause', ...moves(25, 25), 'G91', 'M83', 'G1 X1 E0.5', 'M104 S0'].join('\n');
const wanted = commandsOf(text).filter((c) => c !== '@pause');

function command(k, type) {
	const id = h.sql(`INSERT INTO printer_commands (organization_id, printer_id, recipient_id, command_type, metadata, created_by)
		VALUES ('${h.org}', '${h.printerIds[k]}', 'spooler', '${type}', '{}', '${h.userId}') RETURNING id`)[0][0];
	h.sql(`SELECT pg_notify('platen', 'command ${h.printerIds[k]}')`);
	return id;
}

/** What a command came to when nobody was told the good news; undefined: it goes well. */
function lost(id) {
	const [status, error] = h.sql(`SELECT status, coalesce(error_message, '') FROM printer_commands WHERE id = '${id}'`)[0];
	return ['failed', 'timeout'].includes(status) ? `${status} ${error}` : undefined;
}

let file, missed = 0;
const argv = h.services.spooler.argv;

/** One life of a spooler with a job on each printer, from claims made while none was there. */
async function life(wrapper, name) {
	const spooler = h.services.spooler;
	for (let k = 1; k <= PRINTERS; k++)
		await h.idle(h.printerIds[k], 60);
	spooler.supervise = false;
	spooler.kill();
	await spooler.ended;
	const jobs = [];
	for (let k = 1; k <= PRINTERS; k++)
		jobs[k] = { k, from: h.transcriptSize(k), ...h.begin(file, h.printerIds[k]) };
	spooler.argv = [...wrapper, ...argv];
	spooler.start();
	spooler.argv = argv;
	spooler.supervise = true; // after that death it starts as it is
	const traced = spooler.child;
	await until(`${name}: all completed`, async () => {
		let done = 0;
		for (const j of jobs.slice(1)) {
			const row = h.jobRow(j.id);
			if (row.status === 'completed')
				done++;
			else if (row.status === 'paused' && row.hold !== 'interrupted' && !j.resume)
				j.resume = command(j.k, 'resume_print');
			else if (j.resume && (row.resume = lost(j.resume)))
				throw new Error(`printer ${j.k}: the resume ended with ${row.resume}`);
			else if (['failed', 'cancelled'].includes(row.status) || row.hold === 'interrupted')
				throw new Error(`printer ${j.k}: ${JSON.stringify(row)}`);
		}
		return done === PRINTERS;
	}, 120);
	if (spooler.child === traced)
		missed++; // it never came to that call
	for (const j of jobs.slice(1)) {
		const { inserted } = judge(readTranscript(h.transcriptFile(j.k), j.from), j.base, wanted.length, wanted, { insertions: 1 });
		if (!inserted[0].texts.includes('G1 X0 Y0 F3000'))
			throw new Error(`${name}, printer ${j.k}: pause script ${inserted[0].texts}`);
		await until('the resume is answered', () => h.sql(`SELECT 1 FROM printer_commands WHERE id = '${j.resume}' AND status = 'completed'`).length === 1, 20);
		const events = h.history(j.id).filter((e) => !e.startsWith('CUSTOM:Continued')).map((e) => e.split(':')[0]).join(' ');
		if (events !== 'JOB_STARTED JOB_PAUSED JOB_RESUMED JOB_COMPLETED')
			throw new Error(`${name}, printer ${j.k}: history ${events}`);
	}
	return traced;
}

/** What a life that went wrong has left is cancelled, as a person would, so that the next one is judged by itself. */
async function clear() {
	const left = () => h.sql("SELECT printer_id, status, hold_reason FROM print_jobs WHERE status NOT IN ('completed', 'failed', 'cancelled')");
	for (const [printer, status, hold] of left()) {
		console.log(`     left ${status} ${hold} on printer ${h.printerIds.indexOf(printer)}`);
		command(h.printerIds.indexOf(printer), 'cancel_print');
	}
	await until('what was left is cancelled', () => left().length === 0, 60).catch((e) => console.log(`     ${e.message}`));
}

try {
	for (let k = 1; k <= PRINTERS; k++)
		h.addPrinterRow(k);
	for (let k = 1; k <= PRINTERS; k++)
		await h.idle(h.printerIds[k]);
	file = await h.file('sweep.gcode', text);
	const points = [];
	await suite.test('the system calls of one life', async () => {
		const trace = join(h.dir, 'strace');
		const traced = await life(['strace', '-f', '-qq', '-o', trace], 'trace');
		missed = 0;
		traced.kill('SIGKILL');
		const seen = new Map();
		let main;
		for (const line of readFileSync(trace, 'latin1').split('\n')) {
			const m = /^(\d+) +([a-z_0-9]+)\(/.exec(line);
			main ??= m?.[1];
			if (!m || m[1] !== main)
				continue;
			const n = (seen.get(m[2]) ?? 0) + 1;
			seen.set(m[2], n);
			points.push([m[2], n]);
		}
		// Up to the loop's first wait the spooler has not looked at a printer yet.
		const loop = points.findIndex(([name]) => name.startsWith('epoll_'));
		points.splice(0, loop);
		if (process.env.ONLY)
			points.splice(0, points.length, ...points.filter(([name]) => name === process.env.ONLY));
		console.log(`     ${points.length} calls from the first wait on`);
		if (process.env.CALLS)
			points.splice(0, points.length, ...process.env.CALLS.split(',').map((call) => call.trim().split(' ')));
		else if (points.length < 200 && !process.env.ONLY)
			throw new Error('too few');
	});

	const count = POINTS === 0 || process.env.CALLS ? points.length : Math.min(POINTS, points.length);
	await suite.test(`${count} of them: killed there, printed exactly`, async () => {
		const wrong = [], began = Date.now();
		for (let i = 0; i < count; i++) {
			const [name, n] = points[Math.floor((i + random()) * points.length / count)];
			try {
				await life(['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${name}`, '-e', `inject=${name}:signal=SIGKILL:when=${n}`], `${name} ${n}`);
			} catch (e) {
				wrong.push(`${name} ${n}: ${e.message}`);
				console.log(`     ${wrong.at(-1)}`);
				if (wrong.length >= 5)
					break;
				await clear();
			}
		}
		console.log(`     ${((Date.now() - began) / count).toFixed(0)} ms each; ${missed} calls did not come again`);
		if (missed > count / 3)
			throw new Error('most calls were not reached');
		if (wrong.length > 0)
			throw new Error(wrong.join('\n'));
	});
} catch (e) {
	suite.failed++;
	console.log(e);
} finally {
	if (suite.failed > 0 || process.env.V) {
		console.log(h.sql('SELECT id, status, hold_reason, progress_percentage, failure_reason FROM print_jobs ORDER BY created_at DESC LIMIT 8').join('\n'));
		console.log(h.logs(40));
	}
	await h.stop();
}
console.log(`seed ${seed}`);
suite.close();
