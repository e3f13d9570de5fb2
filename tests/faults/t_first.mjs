import { startHouse, Suite, gcode, until } from './house.mjs';
const suite = new Suite();
const h = await startHouse({ printers: 1, simSpeed: 200 });
const p = h.addPrinterRow(1);
try {
	await suite.test('a printer comes up', async () => { await h.idle(p); });
	await suite.test('a file is printed exactly', async () => {
		const text = gcode(1500);
		const f = await h.file('a.gcode', text);
		const j = h.begin(f, p);
		await h.reaches(j.id, 'completed', 60);
		console.log(h.judge(1, j, text), h.history(j.id), h.jobRow(j.id));
	});
} finally {
	console.log(h.logs(40));
	await h.stop();
}
suite.close();
