// SPDX-License-Identifier: Apache-2.0
// press - the whole server with one simulated printer per dialect, driven over HTTP.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { House } from '../faults/house.mjs';
import { program } from '../lib/stack.mjs';

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
}
