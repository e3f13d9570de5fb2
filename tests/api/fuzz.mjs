// SPDX-License-Identifier: Apache-2.0
// Senseless input for every operation, made from its own schema: boundaries, wrong types, deep,
// huge, broken UTF-8, broken JSON, odd paths and queries. Whatever comes: an answer the document
// knows, no 5xx, no dead worker, no sanitizer report. The seed is printed and repeats a run.
import assert from 'node:assert/strict';
import { until } from '../lib/stack.mjs';
import { honest } from './world.mjs';

/** xorshift32: small, the same everywhere. */
export function dice(seed) {
	let x = (seed | 0) || 1;
	const next = () => {
		x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
		return x >>> 0;
	};
	return { next, below: (n) => next() % n, pick: (list) => list[next() % list.length], chance: (n) => next() % n === 0 };
}

const deep = (n, open, close) => open.repeat(n) + close.repeat(n);
const raw = (text) => ({ raw: text }); // JSON that JSON.stringify would not write
const texts = ['', ' ', 'a', '0', "'", "' OR 1=1 --", '";DROP TABLE users;--', '%00', '../../etc/passwd', '<script>alert(1)</script>', '${7*7}', '$(id)',
	'\u0000', '\u0001\u001f', '\u007f', '\u202e', '\ufeff', '\ud83d\ude00', 'ä'.repeat(300), 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(10001), 'x'.repeat(100000),
	'null', 'true', '1e999', 'NaN', '2025-11-12', '2025-13-45', '0001-01-01', '9999-12-31T23:59:60Z', '-infinity', '5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4', '{}', '[]', 'a\nb', 'a\r\nX: y',
	'__proto__', 'constructor', 'tsquery & | ! :*', '\\', '%', '_', '\'::uuid', 'G28\nM112', 'admin@platen.test'];
const odd = [null, true, false, 0, -0, -1, 1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 5e-324, [], {}, [[]], [null], { a: 1 },
	...['1e999', '-1e999', '9223372036854775807', '9223372036854775808', '1'.repeat(400), '"\\ud800"', '"\\udc00x"', '"\\u0000"', 'NaN', 'Infinity', '01', '1.',
		deep(31, '[', ']'), deep(200, '[', ']'), deep(100000, '[', ']'), deep(200, '{"a":', '}').replace(/:}/, ':1}')].map(raw)];

const print = (v) => (v !== null && typeof v === 'object' && 'raw' in v ? v.raw : Array.isArray(v) ? `[${v.map(print).join(',')}]`
	: v !== null && typeof v === 'object' ? `{${Object.entries(v).map(([k, x]) => `${JSON.stringify(k)}:${print(x)}`).join(',')}}`
	: Object.is(v, -0) ? '-0' : JSON.stringify(v) ?? 'null');

/** A value near the edges of what a schema allows, or far beside it. */
function value(r, schema) {
	const kind = r.below(4);
	if (kind === 0)
		return r.pick(odd);
	if (kind === 1)
		return r.pick(texts);
	if (schema.enum && r.chance(2))
		return r.pick([...schema.enum, `${schema.enum[0]} `, String(schema.enum[0]).toUpperCase()]);
	switch (schema.type) {
	case 'integer': case 'number': {
		const { minimum: low = 0, maximum: high = 1e9 } = schema;
		return r.pick([low, high, low - 1, high + 1, low + 0.5, (low + high) / 2, low - 1e-9, String(low), -low, high * 10]);
	}
	case 'string': {
		const most = schema.maxLength ?? 50, least = schema.minLength ?? 0;
		if (schema.format === 'uuid')
			return r.pick(['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '{5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f}', '5c0c1f0e0b1d4a529d2e3f1b1c2d3e4f', 'x']);
		return r.pick(['x', 'ä', '\ud83d\ude00', '\u0001', "'"]).repeat(r.pick([least, most, Math.max(0, least - 1), most + 1]));
	}
	case 'boolean': return r.pick(['true', 'false', 1, 0, 'on', true, false]);
	case 'array': {
		const item = schema.items ?? {};
		const length = r.pick([0, 1, 2, schema.maxItems ?? 3, (schema.maxItems ?? 3) + 1, 1000]);
		return Array.from({ length }, () => (length > 5 ? r.pick([1, 'x', null, 'a\u0000']) : value(r, item)));
	}
	default: return r.chance(2) ? Object.fromEntries(Array.from({ length: r.pick([0, 1, 5, 2000]) }, (_, i) => [r.pick(texts).slice(0, 20) + i, i > 5 ? i : r.pick(odd)])) : r.pick(odd);
	}
}

function bend(r, schema, example) {
	const out = structuredClone(example), names = Object.keys(schema.properties ?? {});
	for (let i = 1 + r.below(3); i > 0 && names.length > 0; i--) {
		const name = r.pick(names), s = schema.properties[name];
		if (r.chance(8))
			delete out[name];
		else if (s.properties && out[name]?.constructor === Object && !('raw' in out[name]) && !r.chance(3))
			out[name] = bend(r, s, out[name]);
		else
			out[name] = value(r, s);
	}
	if (r.chance(4))
		out[r.pick(['__proto__', 'id', 'role', 'organization_id', 'status', 'created_at', 'x'.repeat(5000), '', '\u0000'])] = r.pick(odd);
	return out;
}

/** Bytes that are no longer quite JSON. */
function garble(r, text) {
	const bytes = Buffer.from(text);
	switch (r.below(7)) {
	case 0: return bytes.subarray(0, r.below(bytes.length + 1));
	case 1: return Buffer.concat([bytes, Buffer.from(r.pick(['}', ' x', '\u0000', '{}', ',']))]);
	case 2: return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
	case 3: {
		const at = r.below(bytes.length);
		return Buffer.concat([bytes.subarray(0, at), Buffer.from(r.pick([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x00]])), bytes.subarray(at)]);
	}
	case 4: return Buffer.from(text.replace(/"(\w+)":/, (m) => `${m}1,${m}`)); // a name twice
	case 5: return Buffer.from(r.pick(['', 'null', '[]', '[1]', '"x"', '1', '//x', '{"a":1,}', '{a:1}', "{'a':1}", ' ', '{"a"', deep(100000, '{"a":', '}')]));
	default: {
		bytes[r.below(bytes.length)] = r.below(256);
		return bytes;
	}
	}
}

const segments = ['x', '..', '.', '%2e%2e', '%00', '%ff', '%c0%80', '%2f', '%5c', "'", '%27%20OR%201=1', '*', '0', '-1', 'x'.repeat(300), 'x'.repeat(3000), '%F0%9F%98%80', ':id', '{id}', 'current', 'pending'];
const queries = ['&', '&&', '=', '&=1', '&x', '&%', '&%zz=1', '&a=%ff', '&a=%00', `&${'a=1&'.repeat(300)}`, `&q=${'x'.repeat(3000)}`, '&organizationId=x', '&page=0', '&page=-1', '&page=2147483648',
	'&page=9223372036854775808', '&limit=0', '&limit=1e9', '&limit=4294967296', '&offset=-1', '&offset=9999999999', '&sort=;drop', '&__proto__=1', '&a[b]=1', '&search=%27%22%5C%25_', '&from=x', '&from=9999-99-99', '&to=-infinity'];

function query(r, op, path) {
	const fields = op.parameters.filter((p) => p.in === 'query');
	let out = path;
	for (let i = 1 + r.below(2); i > 0; i--) {
		if (fields.length > 0 && !r.chance(3)) {
			const p = r.pick(fields), v = value(r, p.schema);
			out += `${out.includes('?') ? '&' : '?'}${p.name}=${encodeURIComponent((typeof v === 'string' ? v : print(v)).slice(0, 3000).toWellFormed?.() ?? '')}`;
		} else {
			out += `${out.includes('?') ? '' : '?'}${r.pick(queries)}`;
		}
	}
	return out;
}

const headers = [{}, {}, {}, {}, {}, { 'content-type': 'text/plain' }, { 'content-type': 'application/json; charset=latin1' }, { 'content-type': '' }, { 'content-encoding': 'gzip' },
	{ 'content-type': 'application/x-www-form-urlencoded' }, { 'content-type': 'multipart/form-data; boundary=x' }, { 'content-type': 'multipart/form-data' }, { 'accept': 'x/y' },
	{ 'idempotency-key': 'x'.repeat(300) }, { 'idempotency-key': 'again' }, { 'range': 'bytes=9-1,5-' }, { 'if-none-match': '*' }, { 'x-request-id': 'a b' }, { 'origin': 'null' }, { 'x-api-key': 'pk_x' }, { 'x-http-method-override': 'DELETE' }];

/** A multipart body whose frame, names and contents are more or less right. */
function form(r, world) {
	const part = (name, more, text) => `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
	const file = r.pick(['a.gcode', 'b.stl', 'c.obj', 'd.3mf', 'e.exe', '../../f.gcode', '.gcode', 'x'.repeat(300) + '.gcode', 'ä\u202e.gcode', 'n\u0000.gcode', "';--.gcode", '']);
	const content = r.pick([world.gcode, '', 'solid x\nendsolid x\n', '\u0000'.repeat(200), 'PK\u0003\u0004', `${'G1 X1\n'.repeat(2000)}`, 'x'.repeat(70000)]);
	const parts = [part('file', `; filename="${file}"`, content), part('folder', '', r.pick(['uploads', '../x', '/', 'a/b/c', 'x'.repeat(400), 'ä'])),
		part('name', '', r.pick(['shown', '', '../x', 'x'.repeat(400), '\u0001'])), part('file', '; filename="second.gcode"', world.gcode), part('', '', 'x'), part('unknown', '', 'x')];
	const chosen = parts.filter((_, i) => (i === 0 ? !r.chance(8) : r.chance(i < 3 ? 2 : 6)));
	const text = `${chosen.join('')}${r.chance(8) ? '' : '--b--\r\n'}`;
	return r.chance(5) ? garble(r, text || 'x') : Buffer.from(text);
}

/** One bent request for an operation. */
function bent(r, op, world) {
	const request = world.request(op, { id: r.chance(3) ? undefined : world.idOf(op.path) });
	if (r.chance(6) && /\{/.test(op.path))
		request.path = op.path.replace(/\{\w+\}/g, () => r.pick(segments)) + (request.path.includes('?') ? request.path.slice(request.path.indexOf('?')) : '');
	if (r.chance(3) || (op.body === undefined && !r.chance(3)))
		request.path = query(r, op, request.path);
	if (op.body !== undefined) {
		const example = { ...request.body }; // real rows make the way in deeper
		for (const [name, noun] of [['printer_id', 'printers'], ['printerId', 'printers'], ['product_id', 'products'], ['fileId', 'files'], ['profileId', 'print_profiles']])
			if (name in example && !r.chance(3))
				example[name] = world.ids[noun];
		const text = print(r.chance(8) ? example : bend(r, op.body, example));
		request.body = r.chance(6) ? garble(r, text) : text;
	} else if (op.requestBody?.content['multipart/form-data'] && !r.chance(4)) {
		request.body = form(r, world);
		request.headers = { 'content-type': r.pick(['multipart/form-data; boundary=b', 'multipart/form-data; boundary="b"', 'multipart/form-data', 'multipart/form-data; boundary=other']) };
		return request;
	} else if (r.chance(4)) {
		request.body = r.pick(['{}', '[]', 'x', 'x'.repeat(70000), deep(1000, '[', ']')]);
	}
	request.headers = { ...r.pick(headers) };
	return request;
}

export async function fuzzTests(suite, stack, world, { requests, seconds, seed }) {
	const operations = world.document.operations.filter((op) => op.path !== '/metrics' && op.path !== '/api/auth/logout');
	const workers = () => stack.log('cgi').match(/"message":"worker[^"]*(died|ended|killed)[^"]*"/g)?.length ?? 0;

	await suite.test(`S-048 S-049 S-051 S-060 fuzzing every operation ${seconds ? `for ${seconds} s` : `${requests} times`}, seed ${seed}: no 5xx, and only what the document knows`, async () => {
		let sent = 0;
		const r = dice(seed), wrong = [], seen = new Map(), before = workers(), end = Date.now() + seconds * 1000, more = () => (seconds ? Date.now() < end : sent < requests);
		const one = async (op, who) => {
			const request = bent(r, op, world), name = op.name;
			let answer;
			try {
				answer = await world.send(await world.token(who), request);
				if (answer.status === 401 && who !== 'nobody')
					answer = await world.send(await world.token(who, true), request);
			} catch (e) {
				wrong.push(`${name}: ${e.message} after ${JSON.stringify(request).slice(0, 600)}`);
				return;
			}
			sent++;
			seen.set(`${name} ${answer.status}`, (seen.get(`${name} ${answer.status}`) ?? 0) + 1);
			const inside = request.path.split('?')[0] === world.request(op, { id: world.idOf(op.path) }).path.split('?')[0];
			const why = answer.status >= 500 && !honest(answer) ? 'a 5xx'
				: !inside || [304, 400, 401, 404, 405, 413, 414, 415, 416, 431].includes(answer.status) ? null : world.document.wrong(op, answer);
			if (why !== null)
				wrong.push(`${name} as ${who}: ${answer.status} ${why}: ${answer.text.slice(0, 200)}\n   ${request.path.slice(0, 300)} ${JSON.stringify(request.headers)} ${String(request.body ?? '').slice(0, 600)}`);
		};
		while (more() && wrong.length < 20)
			await Promise.all(Array.from({ length: 4 }, () => one(r.pick(operations), r.pick(['admin', 'admin', 'admin', 'operator', 'agent']))));
		console.log(`     ${sent} requests, ${new Set([...seen.keys()].map((k) => k.replace(/ \d+$/, ''))).size} of ${operations.length} operations, statuses ${
			Object.entries([...seen].reduce((m, [k, n]) => ({ ...m, [k.slice(-3)]: (m[k.slice(-3)] ?? 0) + n }), {})).map(([k, n]) => `${k}: ${n}`).join(', ')}`);
		assert.deepEqual(wrong, []);
		assert.equal(workers(), before, 'a worker died');
	});
	await suite.test('the server is well afterwards, and no sanitizer has spoken', async () => {
		await until('health', async () => (await stack.call('GET', '/health', { token: null })).status === 200);
		assert.doesNotMatch(stack.log('cgi'), /AddressSanitizer|LeakSanitizer|runtime error:/);
	});
}
