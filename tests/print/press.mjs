// SPDX-License-Identifier: Apache-2.0
// press - the whole server with one simulated printer per dialect, driven over HTTP.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { House } from '../faults/house.mjs';
import { program, until } from '../lib/stack.mjs';
import { commandsOf, judge, readTranscript } from '../lib/judge.mjs';

export const DIALECTS = ['2.0', '2.1', 'bugfix', 'plain'];

/** A file of our generator. */
export function generate(...options) {
	return execFileSync(program('tools/gcode-gen'), options.map(String), { maxBuffer: 1 << 28 }).toString('latin1');
}

export class Press extends House {
	constructor(options = {}) {
		const sims = DIALECTS.map((d, i) => `sim${i + 1}`);
		super({ printers: DIALECTS.length, simSpeed: 200, ...options,
			services: [...sims, 'holder', 'spooler', 'worker', 'live', 'cgi', 'nginx'] });
	}

	argv(name) {
		if (!/^sim\d$/.test(name))
			return super.argv(name);
		const k = Number(name.slice(3));
		return [program('platen-sim'), '--name', name, '--dialect', DIALECTS[k - 1], '--seed', String(k),
			'--link', this.device(k), '--transcript', this.transcriptFile(k), '--control', join(this.dir, `sim.sock-${k}`),
			'--speed', String(this.options.simSpeed), ...(this.options.simArgs ?? [])];
	}

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

	judgeOf(p, text, options) {
		return judge(this.executedOf(p), p.base, p.planned, commandsOf(text), options);
	}

	async lines(p, n, seconds = 60) {
		return until(`${n} lines of ${p.id}`, () => this.executedOf(p).filter((c) => c.number > p.base).length >= n, seconds);
	}

	events(job) {
		return this.sql(`SELECT event_type FROM print_events WHERE job_id = '${job}' AND event_type <> 'CUSTOM' ORDER BY timestamp, id`).map((r) => r[0]);
	}

	async stop() {
		for (const name of Object.keys(this.services).filter((n) => /^sim\d$/.test(n)))
			await this.services[name].stop();
		await super.stop();
	}
}
