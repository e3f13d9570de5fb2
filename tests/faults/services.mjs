// SPDX-License-Identifier: Apache-2.0
// Eight printers print while every other part of the server dies: FastCGI workers, gateway, worker,
// nginx, holder, PostgreSQL; while two spoolers want one printer; while fifty clients start one
// job; while somebody presses stop and the database is away.
//   LONG=1 tests/faults/services.mjs [WORD...]   the database stays away for 20 s, more rounds
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { percentile } from '../lib/judge.mjs';
import { Starved } from '../lib/starved.mjs';
import { between, seed } from './chance.mjs';
import { gcode, startHouse, Suite, tick, until } from './house.mjs';

const only = process.argv.slice(2), long = process.env.LONG === '1';
const PRINTERS = 8, suite = new Suite(), starved = new Starved();
const h = await startHouse({ printers: PRINTERS, simSpeed: 50, supervise: true,
	services: ['sim', 'holder', 'spooler', 'worker', 'live', 'cgi', 'nginx'] });
const all = Array.from({ length: PRINTERS }, (_, i) => i + 1);
let files = 0;
console.log(`seed ${seed}`);

async function test(name, body) {
	if (only.length > 0 && !only.some((word) => name.includes(word)))
		return;
	const failed = suite.failed;
	await suite.test(name, body);
	if (suite.failed > failed) {
		console.log(h.sql('SELECT id, printer_id, status, hold_reason, progress_percentage, failure_reason FROM print_jobs ORDER BY created_at DESC LIMIT 8').join('\n'));
		console.log(h.sql('SELECT printer_id, state, connected, error_message FROM printer_live').join('\n'));
		console.log(h.logs(20));
		for (const k of all)
			console.log(k, h.executed(k).slice(-4).map((c) => `${c.number} ${c.text}`), h.notes(k).slice(-4));
	}
}

/** The same kind of print on the printers `which`, each past its heating. */
async function prints(lines, which = all) {
	const made = await Promise.all(which.map(async (k) => {
		const text = gcode(lines, { seed: k });
		return { text, ...await h.print(k, await h.put(`s${++files}.gcode`, text)) };
	}));
	for (const p of made)
		await h.lines(p, 60);
	return made;
}

/** All completed, exact, told once; no gap of our making between two commands over `most` ms. */
async function complete(made, most = 2000, seconds = 180) {
	const gaps = [];
	for (const p of made) {
		await h.reaches(p.id, 'completed', seconds);
		const { mine, before } = h.judgeOf(p, p.text);
		const events = h.events(p.id).join(' ');
		if (events !== 'JOB_STARTED JOB_COMPLETED')
			throw new Error(`history of ${p.id}: ${events}`);
		for (let i = before.length + 10; i < mine.length; i++)
			gaps.push([mine[i].at - mine[i - 1].at, mine[i - 1].at, mine[i].at]);
	}
	const long = gaps.sort((a, b) => b[0] - a[0]).slice(0, 100);
	const worst = Math.max(...long.map(([, from, to]) => starved.own(from, to)));
	console.log(`     worst gap ${(long[0][0] / 1000).toFixed(0)} ms, ${worst.toFixed(0)} ms without the waits for a processor`);
	if (worst > most)
		throw new Error(`a gap of ${worst} ms`);
}

async function back() {
	await h.startDatabase();
	h.db = h.db.replace('dbname=postgres', 'dbname=platen');
}

/** Is process `pid` alive and of this house? */
function ours(pid) {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(h.configFile);
	} catch {
		return false;
	}
}

async function healthy(seconds = 20) {
	await until('the server answers', async () => (await fetch(`${h.url}/health`, { signal: AbortSignal.timeout(1000) })).status === 200, seconds);
}

const ready = async () => {
	for (const k of all)
		await h.idle(h.printerIds[k], 40);
};

try {
	await test('eight printers come up', async () => {
		for (const k of all)
			h.printerIds[k] = await h.addPrinter(k);
		await ready();
	});
	if (h.printerIds.length === 0)
		for (const k of all)
			h.printerIds[k] = await h.addPrinter(k);

	await test('FastCGI workers, gateway, worker and nginx killed: nothing reaches a printer late', async () => {
		const made = await prints(long ? 9000 : 3500);
		for (let round = 0; round < (long ? 12 : 4); round++) {
			// The file of a pool that has just begun may still name the workers before.
			const pids = await until('four FastCGI workers', () => {
				const alive = readFileSync(join(h.dir, 'run/cgi.pids'), 'utf8').trim().split(/\s+/).filter(ours);
				return alive.length >= 4 && alive;
			});
			for (const pid of pids.filter(ours))
				process.kill(Number(pid), 'SIGKILL');
			await healthy();
			for (const name of ['live', 'worker', 'nginx', 'cgi']) {
				h.services[name].kill();
				await tick(between(20, 250));
			}
			await healthy();
		}
		await complete(made, 1000);
	});

	await test('holder killed again and again, the spooler after it', async () => {
		const made = await prints(3000);
		for (let round = 0; round < (long ? 8 : 3); round++) {
			const hands = h.log('holder').split('the spooler is').length;
			h.services.holder.kill();
			await until('the ports are with the new holder', () => h.log('holder').split('the spooler is').length > hands, 20);
			await tick(between(200, 600));
			h.services.spooler.kill();
			await tick(between(500, 900));
		}
		await complete(made);
	});

	await test('SIGTERM and restart of everything but the holder', async () => {
		const made = await prints(3000), pid = h.services.holder.pid;
		for (let round = 0; round < (long ? 5 : 2); round++) {
			for (const name of ['nginx', 'cgi', 'live', 'worker', 'spooler'])
				h.services[name].kill('SIGTERM');
			h.stopDatabase('fast');
			await back();
			await healthy();
			await tick(between(300, 900));
		}
		if (h.services.holder.pid !== pid)
			throw new Error('the holder ended');
		await complete(made);
	});

	const away = long ? 20 : 6;
	await test(`PostgreSQL stopped (immediate) for ${away} s: prints go on and end, all is told later`, async () => {
		const made = [...await prints(6000, all.slice(2)), ...await prints(700, [1, 2])];
		h.stopDatabase('immediate');
		const t = Date.now();
		await tick(1000);
		h.services.spooler.kill(); // and this one never sees the database
		await tick(away * 1000 - (Date.now() - t));
		await back();
		await complete(made);
	});

	await test('six spoolers for the same printers: one after the other, none between', async () => {
		const made = await prints(3500), first = h.services.spooler, rivals = [];
		first.supervise = false;
		for (let i = 0; i < 5; i++) {
			const rival = new first.constructor(h, `rival${i}`, h.argv('spooler'));
			rivals.push(h.services[rival.name] = rival.start());
		}
		const alive = () => [first, ...rivals].filter((s) => s.child.exitCode === null && s.child.signalCode === null);
		await until('one is left', () => alive().length === 1, 60).catch((e) => {
			throw new Error(`${e.message}: ${alive().map((s) => `${s.name} ${s.pid}`)}\n${alive().map((s) => h.log(s.name).split('\n').slice(-12).join('\n')).join('\n--\n')}`);
		});
		await complete(made);
		for (const s of [first, ...rivals])
			s.wanted = false;
		alive()[0].child.kill('SIGKILL');
		first.supervise = true;
		first.start();
	});

	await test('one job, fifty starts at once: printed once', async () => {
		await ready();
		const text = gcode(300), file = await h.put('fifty.gcode', text), from = h.transcriptSize(1);
		const answers = await Promise.all(Array.from({ length: 50 }, () => h.startJob(file, h.printerIds[1])));
		const good = answers.filter((r) => r.status === 201);
		const busy = answers.filter((r) => r.status === 409 && r.json.error.code === 'PRINTER_BUSY');
		if (good.length !== 1 || busy.length !== 49)
			throw new Error(`answers: ${answers.map((r) => r.status)}`);
		const p = { k: 1, id: good[0].json.data.job.id, from, text, ...h.attempt(good[0].json.data.job.id) };
		await complete([p]);
		const made = await h.call('POST', '/api/print-jobs', { json: { organizationId: h.org, product_id: file } });
		const again = h.transcriptSize(2);
		const sent = await Promise.all(Array.from({ length: 50 }, (_, i) => h.call('POST', `/api/print-jobs/${made.json.id}/send`,
			{ json: { organizationId: h.org, printerId: h.printerIds[1 + i % 4 + 1] } })));
		if (sent.filter((r) => r.status === 200).length !== 1)
			throw new Error(`answers: ${sent.map((r) => r.status)}`);
		await h.reaches(made.json.id, 'completed', 60);
		const homed = [2, 3, 4, 5].map((k) => h.executed(k, k === 2 ? again : h.transcriptSize(k)).length);
		const attempts = h.sql(`SELECT count(*) FROM print_attempts WHERE job_id = '${made.json.id}'`)[0][0];
		if (attempts !== '1')
			throw new Error(`${attempts} attempts, ${homed}`);
	});

	await test('unplugged for 5 s, four printers at once: each goes on where it was', async () => {
		const made = await prints(3000, [3, 4, 5, 6]);
		const gone = () => made.map((p) => Number(h.sql(`SELECT count(*) FROM printer_status WHERE printer_id = '${h.printerIds[p.k]}' AND status = 'offline'`)[0][0]));
		const before = gone();
		for (const p of made)
			h.simControl(p.k, 'unplug 5000');
		await until('all are seen to go', () => gone().every((n, i) => n > before[i]));
		await complete(made, 8000);
	});

	await test('20 presses of stop with the database stopped', async () => {
		const made = await prints(9000), took = [], raw = [];
		const kills = (k) => h.notes(k).filter((n) => n.startsWith('kill '));
		h.stopDatabase('immediate');
		try {
			for (let i = 0; i < 20; i++) {
				const k = 1 + i % PRINTERS;
				// A board that boots hears nothing: pressed again only when it has answered its host.
				await until(`board ${k} is back`, () => h.awake(k));
				const seen = kills(k).length, pressed = Number(process.hrtime.bigint() / 1000n);
				const r = await h.call('POST', `/api/printer/emergency-stop?printerId=${h.printerIds[k]}`);
				if (r.status !== 200)
					throw new Error(`press ${i}: ${r.status} ${r.text}`);
				const killed = await until(`M112 at board ${k}, press ${i}`, () =>
					kills(k).length > seen && Number(kills(k).at(-1).split(' ').at(-1)));
				raw.push((killed - pressed) / 1000);
				took.push(starved.own(pressed, killed));
				await tick(between(50, 400));
			}
		} finally {
			await back();
		}
		console.log(`     request to M112: median ${percentile(raw, 0.5)} ms, worst ${Math.max(...raw)} ms, ${Math.max(...took).toFixed(1)} ms without the waits for a processor`);
		if (Math.max(...took) > 250)
			throw new Error(`stops took ${raw} ms, ${took} of them by us`);
		for (const p of made) {
			const row = await until('failed', () => h.jobRow(p.id).status === 'failed' && h.jobRow(p.id));
			if (row.category !== 'EmergencyStop')
				throw new Error(JSON.stringify(row));
			h.judgeOf(p, p.text, { whole: false });
			const audits = h.sql(`SELECT count(*) FROM print_events WHERE job_id = '${p.id}' AND event_type = 'JOB_FAILED'`)[0][0];
			if (audits !== '1')
				throw new Error(`${audits} JOB_FAILED`);
		}
		const audits = () => Number(h.sql("SELECT count(*) FROM system_events WHERE event_type = 'printer.emergency_stop'")[0][0]);
		await until('20 presses in the audit log', () => audits() >= 20);
		await ready();
		if (audits() !== 20)
			throw new Error(`20 presses, ${audits()} in the audit log`);
	});
} catch (e) {
	suite.failed++;
	console.log(e);
} finally {
	if (process.env.V)
		console.log(h.logs(40));
	await h.stop();
	await starved.stop();
}
console.log(`seed ${seed}`);
suite.close();
