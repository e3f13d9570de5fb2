// SPDX-License-Identifier: Apache-2.0
// starved - how long something that could have run had to wait for a processor or for the disk, so
// that a bound on time holds on a loaded machine too: what is deducted is the machine's, the rest
// is ours. From Linux's pressure figures, read 50 times a second beside the test; where the kernel
// keeps none, nothing is deducted.
import { readFileSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

const ROOM = 1 << 18, EVERY = 20; // samples (87 min, then the oldest go), msec
const now = () => Number(process.hrtime.bigint() / 1000n);

/** Usec since the machine's start; NaN: the kernel does not tell. */
function waited() {
	let sum = 0;
	for (const what of ['cpu', 'io'])
		sum += Number(/^some .*total=(\d+)/m.exec(readFileSync(`/proc/pressure/${what}`, 'latin1'))?.[1]);
	return sum;
}

export class Starved {
	constructor() {
		this.count = new Int32Array(new SharedArrayBuffer(4));
		this.samples = new Float64Array(new SharedArrayBuffer(16 * ROOM));
		try {
			this.known = waited() >= 0;
		} catch {
			this.known = false;
		}
		if (!this.known)
			return;
		this.worker = new Worker(new URL(import.meta.url), { workerData: { count: this.count, samples: this.samples } });
		this.worker.unref();
	}

	at(i) {
		return this.samples[2 * (i % ROOM)];
	}

	/** Usec of [from, to] (CLOCK_MONOTONIC, usec) in which somebody had to wait. */
	usec(from, to) {
		const end = Atomics.load(this.count, 0);
		let low = Math.max(0, end - ROOM + 1), high = end - 1;
		if (high <= low)
			return 0;
		while (low < high) { // the last sample before the window, or the first there is
			const mid = (low + high + 1) >> 1;
			if (this.at(mid) <= from)
				low = mid;
			else
				high = mid - 1;
		}
		let last = low;
		while (last < end - 1 && this.at(last) < to)
			last++;
		return Math.min(to - from, this.samples[2 * (last % ROOM) + 1] - this.samples[2 * (low % ROOM) + 1]);
	}

	/** Msec of `usec` from `from` on that the machine does not answer for. */
	own(from, to) {
		return (to - from - this.usec(from, to)) / 1000;
	}

	async stop() {
		await this.worker?.terminate();
	}
}

if (!isMainThread && workerData?.samples) {
	const { count, samples } = workerData;
	setInterval(() => {
		const i = count[0];
		samples[2 * (i % ROOM)] = now();
		samples[2 * (i % ROOM) + 1] = waited();
		Atomics.store(count, 0, i + 1);
	}, EVERY);
}
