// SPDX-License-Identifier: Apache-2.0
// chance - seeded randomness for fault suites: the seed is printed and taken from $SEED.
export const seed = Number(process.env.SEED ?? Date.now() % 1000000);

let state = seed >>> 0;

/** [0, 1), mulberry32. */
export function random() {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = state;
	t = Math.imul(t ^ (t >>> 15), t | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

export const between = (a, b) => a + (b - a) * random();
