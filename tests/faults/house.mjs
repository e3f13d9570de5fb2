// SPDX-License-Identifier: Apache-2.0
// house - the printing half of the server for fault suites: database, worker, holder, spooler and
// simulated printers, driven by SQL; and the judge of a transcript.
import { chmodSync, existsSync, statSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { commandsOf, judge, readTranscript } from '../lib/judge.mjs';
import { Stack, until } from '../lib/stack.mjs';

export { until, Suite, tick } from '../lib/stack.mjs';

/** A file as a slicer would write it; `lines` moves, with comments and blank lines between. */
export function gcode(lines, { heat = true, seed = 1 } = {}) {
	const out = ['; generated', 'G21', 'G90', 'M82'];
	let e = 0;
	if (heat)
		out.push('M140 S60', 'M104 S200', 'G28 ; home', 'M190 S60', 'M109 S200');
	else
		out.push('G28');
	out.push('G92 E0', ';LAYER:0', 'G1 Z0.2 F3000');
	for (let i = 0; i < lines; i++) {
		const x = (20 + ((i * 37 + seed * 11) % 1500) / 10).toFixed(1), y = (20 + ((i * 53) % 1500) / 10).toFixed(1);
		e += 0.05;
		if (i % 200 === 199)
			out.push(`;LAYER:${(i + 1) / 200}`, `G1 Z${(0.2 + 0.2 * (i + 1) / 200).toFixed(1)} F3000`);
		if (i % 7 === 3)
			out.push('', '; a comment alone');
		out.push(`G1 X${x} Y${y} E${e.toFixed(4)} F6000${i % 11 === 5 ? ' ; with a comment' : ''}`);
	}
	out.push('M104 S0', 'M140 S0', 'M107');
	return out.join('\n') + '\n';
}

/** What a printer must have been told by a file. */
export function commands(text) {
	return text.split(/\r?\n/).map((l) => l.replace(/;.*/, '').trim()).filter((l) => l !== '');
}

export class House extends Stack {
	constructor(options = {}) {
		super({ services: ['sim', 'holder', 'worker', 'spooler'], printers: 1, ...options });
		this.printerIds = [];
		this.month = new Date().toISOString().slice(0, 7).replace('-', '/'); // as an upload would, once for the run
	}

	async startAll() {
		await super.startAll();
		this.org = this.sql('SELECT id FROM organizations WHERE is_default')[0][0];
		this.userId = this.sql('SELECT id FROM users LIMIT 1')[0][0];
		return this;
	}

	addPrinterRow(k) {
		const id = this.sql(`INSERT INTO printers (organization_id, name, connection_type, serial_device, max_build_volume_x,
			max_build_volume_y, max_build_volume_z, max_nozzle_temp, max_bed_temp, is_default)
			VALUES ('${this.org}', 'Sim ${k}', 'usb', '${this.device(k)}', 220, 220, 250, 275, 120, ${k === 1})
			RETURNING id`)[0][0];
		this.sql(`SELECT pg_notify('platen', 'config ${id}')`);
		this.printerIds[k] = id;
		return id;
	}

	live(printer) {
		const row = this.sql(`SELECT state, connected, coalesce(progress, -1), coalesce(error_message, ''),
			extract(epoch FROM now() - updated_at) FROM printer_live WHERE printer_id = '${printer}'`)[0];
		return row && { state: row[0], connected: row[1] === 't', progress: Number(row[2]), error: row[3], age: Number(row[4]) };
	}

	async idle(printer, seconds = 20) {
		return until(`printer ${printer} idle`, () => this.live(printer)?.state === 'idle', seconds);
	}

	/** Where file() keeps `name`. */
	stored(name) {
		return join(this.dir, 'storage', this.month, name);
	}

	/** A stored and analysed file. */
	async file(name, text) {
		const path = `${this.month}/${name}`;
		mkdirSync(join(this.dir, 'storage', this.month), { recursive: true });
		writeFileSync(this.stored(name), text);
		const id = this.sql(`INSERT INTO files (organization_id, user_id, original_name, file_name, file_path, file_type, file_size)
			VALUES ('${this.org}', '${this.userId}', '${name}', '${name}', '${path}', 'GCODE', ${Buffer.byteLength(text)}) RETURNING id`)[0][0];
		this.sql(`SELECT spool.add_task('file-processing', jsonb_build_object('fileId', '${id}', 'operation', 'analyze'))`);
		await until(`${name} analysed`, () => this.sql(`SELECT 1 FROM files WHERE id = '${id}' AND analysis IS NOT NULL`).length === 1);
		return id;
	}

	newJob(file, more = {}) {
		return this.sql(`INSERT INTO print_jobs (organization_id, user_id, created_by, file_id, status, plates_requested)
			VALUES ('${this.org}', '${this.userId}', '${this.userId}', '${file}', 'pending', ${more.plates ?? 1}) RETURNING id`)[0][0];
	}

	/** The explicit start of a person: job, attempt, base. */
	begin(file, printer, more) {
		const job = this.newJob(file, more);
		const [attempt, fence, base] = this.sql(`SELECT attempt_id, fence, base FROM spool.claim('${job}', '${printer}', 'test', true)`)[0];
		return { id: job, attempt, fence: Number(fence), base: Number(base) };
	}

	jobRow(job) {
		const [status, hold, progress, category, reason] = this.sql(`SELECT status, coalesce(hold_reason, ''), progress_percentage,
			coalesce(failure_category, ''), coalesce(failure_reason, '') FROM print_jobs WHERE id = '${job}'`)[0];
		return { status, hold, progress: Number(progress), category, reason };
	}

	async reaches(job, states, seconds = 60) {
		const wanted = [states].flat();
		return until(`job ${wanted.join(' or ')}`, () => {
			const row = this.jobRow(job);
			if (!wanted.includes(row.status) && ['failed', 'cancelled', 'completed'].includes(row.status))
				throw new Error(`job is ${JSON.stringify(row)}`);
			return wanted.includes(row.status) ? row : null;
		}, seconds);
	}

	history(job) {
		return this.sql(`SELECT event_type || ':' || message FROM print_events WHERE job_id = '${job}' ORDER BY timestamp, id`).map((r) => r[0]);
	}

	transcriptFile(k) {
		return join(this.dir, `transcript-${k}`);
	}

	device(k) {
		return join(this.dir, `printers/sim-${k}`);
	}

	/** One message to the simulator's control socket, its answer. */
	simControl(k, message) {
		return this.packet(join(this.dir, `sim.sock-${k}`), message).answer;
	}

	/** One SOCK_SEQPACKET message, the answer (socat: node has no such sockets). */
	packet(socket, message) {
		const r = spawnSync('socat', ['-t', '3', '-', `UNIX-CONNECT:${socket},type=5`], { input: message, encoding: 'utf8', timeout: 15000 });
		return { answer: r.stdout.trim() };
	}

	transcriptSize(k) {
		const file = this.transcriptFile(k);
		return existsSync(file) ? statSync(file).size : 0;
	}

	/** Executed commands from byte `from` on: {at, number, text}, and notes. */
	executed(k, from = 0) {
		const file = this.transcriptFile(k);
		const lines = (existsSync(file) ? readFileSync(file).subarray(from).toString() : '').split('\n').filter((l) => l !== '');
		return lines.filter((l) => l[0] !== '#').map((l) => {
			const [at, number, ...text] = l.split(' ');
			return { at: Number(at), number: number === '-' ? -1 : Number(number), text: text.join(' ') };
		});
	}

	notes(k, from = 0) {
		return readFileSync(this.transcriptFile(k)).subarray(from).toString().split('\n').filter((l) => l[0] === '#').map((l) => l.slice(2));
	}

	/** Board k runs, and has executed something since it last began anew. */
	awake(k) {
		const lines = readFileSync(this.transcriptFile(k), 'latin1').split('\n');
		const last = lines.findLastIndex((l) => /^# (reset|kill) /.test(l));
		return last < 0 || (lines[last].startsWith('# reset') && lines.slice(last + 1).some((l) => /^\d/.test(l)));
	}

	// ---- over HTTP, where the stack has nginx and cgi ----

	state(k) {
		return JSON.parse(this.simControl(k, 'state'));
	}

	/** Uploads, waits for the analysis; the file's id. */
	async put(name, text) {
		const id = await this.upload(name, text);
		await until(`${name} analysed`, () => this.sql(`SELECT 1 FROM files WHERE id = '${id}' AND analysis IS NOT NULL`).length === 1, 60);
		return id;
	}

	/** Starts file `id` on printer k: {k, id, base, planned, from}. */
	async print(k, id, more = {}) {
		await this.idle(this.printerIds[k], 30);
		const from = this.transcriptSize(k);
		const r = await this.startJob(id, this.printerIds[k], more);
		if (r.status !== 201)
			throw new Error(`start: ${r.status} ${r.text}`);
		return { k, id: r.json.data.job.id, from, ...this.attempt(r.json.data.job.id) };
	}

	attempt(job) {
		const [base, planned] = this.sql(`SELECT a.base, a.planned_lines FROM print_attempts a WHERE a.job_id = '${job}' ORDER BY fence DESC LIMIT 1`)[0];
		return { base: Number(base), planned: Number(planned) };
	}

	act(job, verb, json) {
		return this.call('POST', `/api/jobs/${job}/${verb}`, { json: json ?? {} });
	}

	executedOf(p) {
		return readTranscript(this.transcriptFile(p.k), p.from);
	}

	/** Throws unless the printer executed exactly `text` for this attempt (lib/judge.mjs). */
	judgeOf(p, text, options) {
		return judge(this.executedOf(p), p.base, p.planned, commandsOf(text), options);
	}

	async lines(p, n, seconds = 60) {
		return until(`${n} lines of ${p.id}`, () => this.executedOf(p).filter((c) => c.number > p.base).length >= n, seconds);
	}

	events(job) {
		return this.sql(`SELECT event_type FROM print_events WHERE job_id = '${job}' AND event_type <> 'CUSTOM' ORDER BY timestamp, id`).map((r) => r[0]);
	}

	/** Throws unless the printer executed exactly this file, once, in order, for this attempt. */
	judge(k, job, text, from = 0) {
		const wanted = commands(text);
		const numbered = this.executed(k, from).filter((c) => c.number > job.base && c.number < 90000000 && !/^M110/.test(c.text));
		for (let i = 1; i < numbered.length; i++)
			if (numbered[i].number !== numbered[i - 1].number + 1)
				throw new Error(`number ${numbered[i].number} after ${numbered[i - 1].number}: ${numbered[i].text}`);
		const own = numbered.filter((c) => !/^(M105|M114|M115)$/.test(c.text)); // the spooler's questions
		const first = own.findIndex((c) => c.text === wanted[0]);
		for (let i = 0; i < wanted.length; i++)
			if (own[first + i]?.text !== wanted[i])
				throw new Error(`command ${i} of ${wanted.length}: executed '${own[first + i]?.text}', wanted '${wanted[i]}'`);
	}
}

export async function startHouse(options) {
	const house = new House(options);
	try {
		chmodSync(house.dir, 0o711);
		return await house.startAll();
	} catch (e) {
		console.log(house.logs(30));
		await house.stop();
		throw e;
	}
}
