import { startHouse, Suite, gcode, until, tick } from './house.mjs';
const suite = new Suite();
const N = Number(process.env.N ?? 4), LINES = Number(process.env.LINES ?? 3000), KILLS = Number(process.env.KILLS ?? 30);
const h = await startHouse({ printers: N, simSpeed: Number(process.env.SPEED ?? 100), supervise: true });
const ids = [];
for (let k = 1; k <= N; k++)
	ids[k] = h.addPrinterRow(k);
let bad = false;
try {
	await suite.test('come up', async () => { for (let k = 1; k <= N; k++) await h.idle(ids[k]); });
	await suite.test('kills', async () => {
		const jobs = [], texts = [];
		for (let k = 1; k <= N; k++) {
			texts[k] = gcode(LINES, { seed: k });
			const f = await h.file(`f${k}.gcode`, texts[k]);
			jobs[k] = h.begin(f, ids[k]);
		}
		for (let k = 1; k <= N; k++)
			await h.reaches(jobs[k].id, ['printing', 'completed']);
		let kills = 0;
		const began = Date.now();
		while (kills < KILLS && h.sql(`SELECT count(*) FROM print_jobs WHERE status = 'printing'`)[0][0] !== '0') {
			await tick(100 + Math.random() * 600);
			h.services.spooler.kill(process.env.SIG ?? 'SIGKILL');
			kills++;
		}
		console.log('kills', kills, Date.now() - began, h.sql('SELECT status, hold_reason, progress_percentage FROM print_jobs').join(' | '));
		for (let k = 1; k <= N; k++) {
			await h.reaches(jobs[k].id, 'completed', 120);
			h.judge(k, jobs[k], texts[k]);
			const times = h.executed(k).map((c) => c.at);
			let worst = 0;
			for (let i = 1; i < times.length; i++)
				worst = Math.max(worst, times[i] - times[i - 1]);
			console.log(k, 'worst gap ms', worst / 1000, h.history(jobs[k].id).join(' '));
		}
	});
} catch (e) { bad = true; console.log(e); } finally {
	if (suite.failed || bad || process.env.V) {
		console.log(h.sql('SELECT status, hold_reason, progress_percentage, failure_reason FROM print_jobs'));
		console.log(h.logs(60));
		for (let k = 1; k <= N; k++) console.log(k, h.executed(k).slice(-3), h.notes(k).slice(-4));
	}
	await h.stop();
}
suite.close();
