// SPDX-License-Identifier: Apache-2.0
// Eight printers print while the spooler is killed at random moments, inside pause and resume
// scripts too. Nothing that the printers execute may differ; nobody has to do anything.
//   SEED=n KILLS=n tests/faults/kills.mjs
import { percentile, stalls } from '../lib/judge.mjs';
import { Starved } from '../lib/starved.mjs';
import { between, random, seed } from './chance.mjs';
import { gcode, startHouse, Suite, tick, until } from './house.mjs';

const PRINTERS = 8, PAUSED = 2; // the last two are paused and resumed all the time
const KILLS = Number(process.env.KILLS ?? 40), RECOVERIES = KILLS * PRINTERS * 0.94;
const suite = new Suite(), starved = new Starved();
const h = await startHouse({ printers: PRINTERS, simSpeed: 15, supervise: true,
	services: ['sim', 'holder', 'spooler', 'worker', 'live', 'cgi', 'nginx'] });
console.log(`seed ${seed}`);

const now = () => Number(process.hrtime.bigint() / 1000n);
const underWay = () => h.log('spooler').split('was under way').length - 1;

/** Pauses and resumes a job at random moments until told to stop. */
async function disturb(p, going) {
	while (going() && h.jobRow(p.id).status !== 'completed') {
		await tick(between(100, 900));
		await h.act(p.id, 'pause').catch(() => {});
		await tick(between(0, 700));
		await until('resumed', async () => {
			const r = await h.act(p.id, 'resume').catch(() => null);
			const state = h.jobRow(p.id).status;
			return ['printing', 'completed'].includes(state) || (r?.status === 200 && state !== 'paused');
		}, 40);
	}
}

function report() {
	console.log(h.sql('SELECT id, status, hold_reason, progress_percentage, failure_reason FROM print_jobs').join('\n'));
	console.log(h.sql('SELECT printer_id, state, connected, error_message FROM printer_live').join('\n'));
	for (let k = 1; k <= PRINTERS; k++)
		console.log(k, h.printerIds[k], h.executed(k).slice(-5).map((c) => `${c.number} ${c.text}`), h.notes(k).slice(-4));
	console.log(h.logs(40));
}

try {
	const texts = [], prints = [], instants = [];
	await suite.test('eight printers print', async () => {
		for (let k = 1; k <= PRINTERS; k++)
			h.printerIds[k] = await h.addPrinter(k);
		for (let k = 1; k <= PRINTERS; k++) {
			texts[k] = gcode(800 + KILLS * 80, { seed: k });
			prints[k] = await h.print(k, await h.put(`f${k}.gcode`, texts[k]));
		}
		for (let k = 1; k <= PRINTERS; k++)
			await h.lines(prints[k], 60);
	});

	await suite.test(`${KILLS} kills and more`, async () => {
		let going = true, due = 0;
		const before = underWay();
		const disturbing = Promise.allSettled(prints.slice(-PAUSED).map((p) => disturb(p, () => going)));
		// A kill in the middle of a recovery finds fewer printers to recover: then some more.
		for (let i = 0; i < KILLS || (underWay() - before < RECOVERIES && i < KILLS * 1.5); i++) {
			// Mostly after everything goes on, sometimes in the middle of the recovery.
			if (i > 0 && random() < 0.15) {
				await tick(between(5, 250));
			} else {
				await until('all are recovered', () => underWay() - before >= due, 60);
				await tick(between(300, 700));
			}
			instants.push(now());
			h.services.spooler.kill();
			due = underWay() - before + PRINTERS;
		}
		going = false;
		const ends = await disturbing;
		await tick(1500);
		const left = h.sql("SELECT count(*) FROM print_jobs WHERE status IN ('printing', 'paused')")[0][0];
		const seen = underWay() - before;
		console.log(`     ${seen} recoveries of printers; ${left} of ${PRINTERS} prints still under way`);
		for (const e of ends)
			if (e.status === 'rejected')
				throw e.reason;
		if (seen < RECOVERIES)
			throw new Error(`only ${seen} recoveries`);
	});

	await suite.test('transcripts are exact', async () => {
		const wrong = [];
		for (let k = 1; k <= PRINTERS; k++)
			await h.reaches(prints[k].id, 'completed', 180 + KILLS);
		const gaps = [], ours = []; // as they were, and without the waits for a processor
		for (let k = 1; k <= PRINTERS; k++) {
			const pauses = h.events(prints[k].id).filter((e) => e === 'JOB_PAUSED').length;
			try {
				const { mine } = h.judgeOf(prints[k], texts[k], { insertions: pauses });
				if (k > PRINTERS - PAUSED)
					continue;
				gaps.push(...stalls(mine, instants));
				ours.push(...stalls(mine, instants, (from, to) => starved.own(from, to)));
			} catch (e) {
				wrong.push(`printer ${k} (${pauses} pauses): ${e.message}`);
			}
		}
		console.log(`     stall around a kill: median ${percentile(gaps, 0.5)} ms, p99 ${percentile(gaps, 0.99)} ms, worst ${Math.max(...gaps)} ms of ${gaps.length}; p99 without the waits for a processor ${percentile(ours, 0.99)} ms`);
		if (wrong.length > 0)
			throw new Error(wrong.join('\n'));
		if (percentile(ours, 0.99) > 2000)
			throw new Error('p99 of the stalls is over 2 s');
	});

	await suite.test('histories are complete', async () => {
		const wrong = [];
		for (let k = 1; k <= PRINTERS; k++) {
			const events = h.events(prints[k].id).join(' ');
			if (!/^JOB_STARTED( JOB_PAUSED JOB_RESUMED)* JOB_COMPLETED$/.test(events))
				wrong.push(`printer ${k}: ${events}`);
			if (k <= PRINTERS - PAUSED && /PAUSED/.test(events))
				wrong.push(`printer ${k} was paused`);
			const attempts = h.sql(`SELECT state, last_number - base - planned_lines FROM print_attempts WHERE job_id = '${prints[k].id}'`);
			if (attempts.length !== 1 || attempts[0][0] !== 'done')
				wrong.push(`printer ${k}: attempts ${JSON.stringify(attempts)}`);
		}
		const topics = h.sql("SELECT topic, payload->>'jobId', count(*) FROM live_events WHERE topic IN ('print:started', 'print:completed') GROUP BY 1, 2 HAVING count(*) <> 1");
		if (topics.length > 0)
			wrong.push(`live events: ${JSON.stringify(topics)}`);
		if (wrong.length > 0)
			throw new Error(wrong.join('\n'));
	});
} catch (e) {
	suite.failed++;
	console.log(e);
} finally {
	if (suite.failed > 0 || process.env.V)
		report();
	await h.stop();
	await starved.stop();
}
console.log(`seed ${seed}`);
suite.close();
