// SPDX-License-Identifier: Apache-2.0
// judge - what a printer must have executed, computed from the file's text alone (contract §4.4),
// and the comparison with a simulator's transcript. Shares nothing with lib/gcode on purpose.
import { existsSync, readFileSync } from 'node:fs';

const DROPPED = /^(M110|M2[0-46-9]|M30|M928|M999)(?![0-9])/;

/** One line of a file as it must go over the wire; '' when nothing does. */
function wire(line) {
	let out = '', quoted = false, depth = 0;
	for (const c of line.replace(/^\uFEFF/, '')) {
		if (depth === 0 && c === '"')
			quoted = !quoted;
		if (!quoted && depth === 0 && c === ';')
			break;
		if (!quoted && (c === '(' || (c === ')' && depth > 0))) {
			depth += c === '(' ? 1 : -1;
			continue;
		}
		if (depth === 0)
			out += c;
	}
	out = out.trim().replace(/[\t ]+/g, ' ').replace(/^N\d+ ?/i, '').replace(/\*\d+$/, '').trim();
	if (out === '' || out === '%')
		return '';
	out = out.replace(/^[a-z]+/, (word) => word.toUpperCase());
	return DROPPED.test(out) ? '' : out;
}

/** Every command of a file, in order. */
export function commandsOf(text) {
	return text.split(/\r\n|\n|\r/).map(wire).filter((l) => l !== '');
}

/** A transcript from byte `from` on: {at (usec), number (-1: unnumbered), text}. */
export function readTranscript(file, from = 0) {
	if (!existsSync(file))
		return [];
	return readFileSync(file).subarray(from).toString('latin1').split('\n').filter((l) => l !== '' && l[0] !== '#').map((l) => {
		const a = l.indexOf(' '), b = l.indexOf(' ', a + 1);
		const number = l.slice(a + 1, b);
		return { at: Number(l.slice(0, a)), number: number === '-' ? -1 : Number(number), text: l.slice(b + 1) };
	});
}

// What may pass unnumbered while a job streams: queries, what Marlin acts on out of band, and the word
// that ends what a killed spooler has left half sent.
const UNNUMBERED = /^(M105|M114|M115|M110|M108|M410|M876|M112)\b|^[GM]?\d*99999$/;
// They come numbered as well, anywhere, and change nothing: not compared with the file.
const QUERY = /^(M105|M114|M115)$/;
const SURE = 8; // so many equal commands in a row are the file again

/** Compares what was executed for one attempt with the file. The numbers must be consecutive, each
 * once; the file's commands contiguous but for insertions (scripts of the host), which are given
 * back: {before, inserted: [{at, texts}], after}. Throws at the first deviation. `whole: false`:
 * the print ended early, its beginning must still be exact. */
export function judge(executed, base, planned, wanted, { insertions = 0, whole = true } = {}) {
	let mine = executed.filter((c) => c.number >= base && c.number < base + planned + 9000);
	// The base is set again when its answer was lost; then nothing but queries may have run.
	const again = mine.findLastIndex((c) => c.number === base && /^M110\b/.test(c.text));
	const early = mine.slice(0, Math.max(again, 0)).find((c) => !QUERY.test(c.text) && !/^M110\b/.test(c.text));
	if (early)
		throw new Error(`${early.number} ${early.text} ran before the base was set again`);
	mine = mine.slice(again + 1).filter((c) => !/^M110\b/.test(c.text));
	for (let i = 0; i < mine.length; i++) {
		const due = i === 0 ? base + 1 : mine[i - 1].number + 1;
		if (mine[i].number !== due)
			throw new Error(`number ${mine[i].number} where ${due} was due: ${mine[i].text} (after '${mine[i - 1]?.text}')`);
	}
	const begin = executed.indexOf(mine[0]), end = executed.indexOf(mine.at(-1));
	const stray = executed.slice(begin, end).find((c) => c.number < 0 && !UNNUMBERED.test(c.text));
	if (stray)
		throw new Error(`unnumbered during the job: ${stray.text}`);
	const got = mine.map((c) => c.text).filter((c) => !QUERY.test(c));
	wanted = wanted.filter((c) => !QUERY.test(c));
	const fits = (t, w) => {
		const n = Math.min(SURE, wanted.length - w);
		for (let i = 0; i < n; i++)
			if (got[t + i] !== wanted[w + i])
				return false;
		return true;
	};
	let t = 0;
	while (t < got.length && !fits(t, 0))
		t++;
	const before = got.slice(0, t), inserted = [];
	let w = 0;
	while (w < wanted.length && t < got.length) {
		if (got[t] === wanted[w]) {
			t++;
			w++;
			continue;
		}
		// A script's first words may have looked like the file's next ones: look a little back too.
		let found;
		for (let back = 0; back <= SURE && back <= w && !found; back++)
			for (let to = t + 1; to < got.length && to < t + 60; to++)
				if (fits(to, w - back)) {
					found = { back, to };
					break;
				}
		if (!found && !whole)
			break;
		if (!found || inserted.length >= insertions)
			throw new Error(`command ${w} of ${wanted.length}: executed '${got[t]}', wanted '${wanted[w]}' (before it '${got[t - 1]}', after it '${got[t + 1]}')`);
		w -= found.back;
		inserted.push({ at: w, texts: got.slice(t - found.back, found.to) });
		t = found.to;
	}
	if (whole && w < wanted.length)
		throw new Error(`only ${w} of ${wanted.length} commands were executed; next would be '${wanted[w]}'`);
	if (whole && inserted.length !== insertions)
		throw new Error(`${inserted.length} insertions, expected ${insertions}`);
	return { before, inserted, after: got.slice(t), count: w, mine };
}

/** The largest time between two executed job commands around each instant (usec): msec, of which
 * `own(from, to)` tells how many count. */
export function stalls(mine, instants, own = (from, to) => (to - from) / 1000) {
	const at = mine.map((c) => c.at);
	const out = [];
	for (const t of instants) {
		let i = at.findIndex((a) => a > t);
		if (i <= 0)
			continue;
		// The kill may be seen only after what was queued in the printer has run: the next gaps count too.
		let worst = 0;
		for (; i < at.length && at[i - 1] < t + 3e6; i++)
			if ((at[i] - at[i - 1]) / 1000 > worst)
				worst = Math.max(worst, own(at[i - 1], at[i]));
		out.push(worst);
	}
	return out;
}

export function percentile(values, p) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
}

/** State of a machine after a file's commands, by the rules of G-code: what must be found when all
 * is done, however often it was paused. Starts homed at zero as after G28. */
export function machineAfter(list) {
	const m = { x: 0, y: 0, z: 0, e: 0, feed: 0, absoluteXyz: true, absoluteE: true, fan: 0, speedPercent: 100,
		flowPercent: 100, hotendTarget: 0, bedTarget: 0, extruded: 0 };
	for (const text of list) {
		const [word, ...rest] = text.split(' ');
		const p = {};
		for (const r of rest)
			p[r[0]] = Number(r.slice(1));
		switch (word) {
		case 'G0': case 'G1':
			for (const a of ['X', 'Y', 'Z'])
				if (p[a] !== undefined)
					m[a.toLowerCase()] = p[a] + (m.absoluteXyz ? 0 : m[a.toLowerCase()]);
			if (p.E !== undefined) {
				const to = p.E + (m.absoluteE ? 0 : m.e);
				m.extruded += (to - m.e) * m.flowPercent / 100;
				m.e = to;
			}
			if (p.F !== undefined)
				m.feed = p.F;
			break;
		case 'G28': m.x = m.y = m.z = 0; break;
		case 'G90': m.absoluteXyz = m.absoluteE = true; break;
		case 'G91': m.absoluteXyz = m.absoluteE = false; break;
		case 'M82': m.absoluteE = true; break;
		case 'M83': m.absoluteE = false; break;
		case 'G92':
			for (const a of 'XYZE')
				if (p[a] !== undefined)
					m[a.toLowerCase()] = p[a];
			break;
		case 'M106': m.fan = p.S ?? 255; break;
		case 'M107': m.fan = 0; break;
		case 'M104': case 'M109': m.hotendTarget = p.S ?? m.hotendTarget; break;
		case 'M140': case 'M190': m.bedTarget = p.S ?? m.bedTarget; break;
		case 'M220': m.speedPercent = p.S ?? m.speedPercent; break;
		case 'M221': m.flowPercent = p.S ?? m.flowPercent; break;
		}
	}
	return m;
}
