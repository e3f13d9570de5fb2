// SPDX-License-Identifier: Apache-2.0
// What clients send who mean no good (reliability.md §6): names of stored bodies, packed and endless
// bodies, floods of headers, odd methods and spellings of paths, the same parameter twice, text that
// would like to be a line of the log, FastCGI records that are none.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from './request.mjs';
import { until } from '../lib/stack.mjs';
import { raw } from './t_wire.mjs';

const files = (dir) => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).length;
const pids = (stack) => readFileSync(join(stack.dir, 'run/cgi.pids'), 'utf8');

/** All pools' workers, when all are there. */
const allWorkers = (stack) => until('all workers are there', () => {
	const now = pids(stack), list = now.trim().split('\n');
	return list.length === 4 + 8 + 2 + 2 && list.every((pid) => existsSync(`/proc/${pid}`)) ? now : null;
});

/** Twenty of twenty are served, by `workers` if given: all that there were before. */
async function staysWell(stack, workers) {
	const answers = await Promise.all(Array.from({ length: 20 }, () => stack.call('GET', '/api/jobs')));
	assert.deepEqual(answers.map((a) => a.status), Array(20).fill(200));
	if (workers !== undefined)
		assert.equal(pids(stack), workers, 'a worker has died');
}

async function names(suite, stack) {
	await suite.test('S-021 patterns in a sign-in name match nobody, and a search takes them literally', async () => {
		for (const email of ['*', 'adm*', '*@platen.test', '%', '_dmin@platen.test', '*)(uid=*))(|(uid=*', 'admin@platen.test)(&)', '\\2a', 'admin\\40platen.test', '*()\\\u0000']) {
			const r = await stack.call('POST', '/api/auth/login', { token: null, json: { email, password: stack.admin.password } });
			assert.ok([400, 401].includes(r.status), `${JSON.stringify(email)}: ${r.status} ${r.text}`);
		}
		for (const search of ['%', '_', '*', '\\'])
			assert.equal((await stack.call('GET', `/api/users?search=${encodeURIComponent(search)}`)).json.data.users.length, 0, search);
		assert.ok((await stack.call('GET', '/api/users?search=olga')).json.data.users.length > 0);
	});
}

/** One part of a form: its header's words, its bytes. */
const part = (disposition, bytes) => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${bytes}\r\n`;
const send = (stack, body, headers = {}, token = stack.token) => exchange(stack.url, { method: 'POST', path: '/api/files/upload', body,
	headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b', 'content-length': Buffer.byteLength(body), ...headers } });

async function bodies(suite, stack, { values }) {
	const storage = join(stack.dir, 'storage'), temporary = () => files(join(stack.dir, 'tmp'));
	const whole = `${part('name="file"; filename="a.gcode"', values.vase)}--b--\r\n`;

	await suite.test('S-046 names of stored bodies, from the client: ignored, and no other file moves', async () => {
		const bait = join(stack.dir, 'bait.gcode'), before = files(storage);
		writeFileSync(bait, 'bait');
		for (const name of ['file.path', 'file%2Epath', 'file.path*', 'file*', 'file_path', 'file.tmp_path', 'file.content', 'x-body-file', 'request_body_file', 'filePath', 'file_name']) {
			const planted = part(`name="${name}"`, bait) + part(`name="${name}"; filename="${bait}"`, bait);
			const alone = await send(stack, `${planted}--b--\r\n`);
			assert.deepEqual([alone.status, alone.json.error.code], [400, 'NO_FILE'], name);
			const beside = await send(stack, planted + whole, { 'x-accel-redirect': '/_files/x', 'x-sendfile': bait, 'x-body-file': bait, 'x-request-body-file': bait, 'x-file': bait });
			assert.equal(beside.status, 201, `${name}: ${beside.text}`);
			const { id, filePath, originalName } = beside.json.data.file;
			assert.equal(originalName, 'a.gcode');
			assert.equal(readFileSync(join(storage, filePath), 'utf8'), values.vase, name);
			assert.equal((await stack.call('DELETE', `/api/files/${id}`)).status, 200);
		}
		for (const how of [`filename*=UTF-8''${encodeURIComponent(bait)}`, `filename*=UTF-8''a.gcode; filename*0="${bait}"`]) {
			const r = await send(stack, `${part(`name="file"; ${how}`, values.vase)}--b--\r\n`);
			assert.equal(r.status, 400, `${how}: ${r.text}`);
		}
		assert.deepEqual([readFileSync(bait, 'utf8'), files(storage)], ['bait', before]);
	});
	await suite.test('S-045 names of ten thousand levels, five hundred uploads that break off: nothing stays', async () => {
		const before = files(storage), pool = () => readFileSync(join(stack.dir, 'run/cgi-upload.pids'), 'utf8').trim().split('\n');
		const open = () => pool().map((pid) => readdirSync(`/proc/${pid}/fd`).length);
		for (const name of [`a${'[b]'.repeat(10000)}`, `${'a.'.repeat(10000)}b`])
			for (const more of ['', '; filename="a.gcode"'])
				assert.equal((await send(stack, part(`name="${name}"${more}`, 'x') + whole)).status, 400);
		const head = `POST /api/files/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stack.token}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${whole.length + 50000}\r\n\r\n`;
		const workers = pool().join(), fds = open();
		for (let i = 0; i < 10; i++)
			await Promise.all(Array.from({ length: 50 }, (_, k) => raw(stack.port, [head, whole.slice(0, -12), 'G28\n'.repeat(k * 100)], { hangUp: true })));
		// The pool has two workers: when each has answered, all that came before is done.
		for (let i = 0; i < 4; i++)
			assert.equal((await send(stack, `${part('name="folder"', 'x')}--b--\r\n`)).status, 400);
		await until('nothing is left', () => files(storage) === before && temporary() === 0 && open().every((n, i) => n <= fds[i]));
		assert.equal(pool().join(), workers);
	});
	await suite.test('S-054 the same parameter twice, or in the address and in the body', async () => {
		const get = (path) => exchange(stack.url, { method: 'GET', path, headers: { authorization: `Bearer ${stack.token}` } });
		const org = stack.org, before = files(storage);
		for (const path of ['/api/jobs?page=1&page=1', '/api/jobs?page=1&limit=5&page=2', '/api/jobs?page=1&%70age=2', '/api/files?search=a&search=b', '/api/printer/status?printerId=&printerId=',
			`/api/printers?organizationId=${org}&organizationId=${org}`])
			assert.equal((await get(path)).status, 400, path);
		const rows = () => stack.sql('SELECT count(*) FROM printers');
		const printers = rows(), post = (path, body) => exchange(stack.url, { method: 'POST', path, body, headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } });
		for (const [path, body] of [[`/api/printers?organizationId=${org}`, JSON.stringify({ organizationId: org, name: 'twice' })],
			['/api/printers', `{"organizationId":"${org}","name":"once","name":"twice"}`], ['/api/printers', `{"organizationId":"${org}","name":"once","\\u006eame":"twice"}`],
			['/api/printers?name=x', JSON.stringify({ organizationId: org, name: 'twice' })]])
			assert.equal((await post(path, body)).status, 400, `${path} ${body}`);
		assert.deepEqual(rows(), printers);
		const folders = await send(stack, part('name="folder"', 'a') + part('name="folder"', 'b') + whole);
		assert.deepEqual([folders.status, folders.json.error.code], [400, 'VALIDATION_ERROR']);
		assert.equal((await send(stack, part('name="file"; filename="b.gcode"', values.vase) + whole)).status, 400);
		assert.equal((await send(stack, part('name="folder"; name="file"; filename="b.gcode"', 'x') + whole)).status, 400);
		assert.equal(files(storage), before);
	});

	const usual = stack.config['storage.max_file_size'];
	await stack.restartWorkers({ 'storage.max_file_size': 1 << 20 });
	await suite.test('S-047 one byte too much, declared, in chunks or packed: refused, nothing is kept', async () => {
		const before = files(storage), line = 'G1 X10.000 Y20.000 E0.12345\n', size = 1 << 20;
		const of = (n) => `${part('name="file"; filename="a.gcode"', line.repeat(Math.ceil(n / line.length)).slice(0, n))}--b--\r\n`;
		const head = (more) => `POST /api/files/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${stack.token}\r\nContent-Type: multipart/form-data; boundary=b\r\n${more}\r\n`;
		const chunks = (text) => [text.slice(0, 70000), text.slice(70000)].map((t) => `${t.length.toString(16)}\r\n${t}\r\n`);
		assert.match(await raw(stack.port, [head(`Content-Length: ${2 * size + 1}\r\n`)], { mayReset: true }), /^HTTP\/1.1 413 /, 'declared: before a byte has come');
		const more = await send(stack, of(size + 1));
		assert.deepEqual([more.status, more.json.error.code], [413, 'FILE_TOO_LARGE']);
		assert.match(await raw(stack.port, [head('Transfer-Encoding: chunked\r\n'), ...chunks(of(size + 1)), '0\r\n\r\n'], { mayReset: true }), /^HTTP\/1.1 413 /, 'in chunks');
		for (const coding of ['gzip', 'deflate', 'br', 'x-gzip', 'identity, gzip']) {
			assert.equal((await send(stack, whole, { 'content-encoding': coding })).status, 415, coding);
			const json = await exchange(stack.url, { method: 'POST', path: '/api/printers', body: '{}', headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json', 'content-encoding': coding } });
			assert.deepEqual([json.status, Object.keys(json.json)], [415, ['error']], coding);
		}
		assert.equal(files(storage), before);
		assert.equal(temporary(), 0);
		const fits = await send(stack, of(size), { 'content-encoding': 'identity' });
		assert.equal(fits.status, 201, fits.text);
		assert.equal((await stack.call('DELETE', `/api/files/${fits.json.data.file.id}`)).status, 200);
	});
	await stack.restartWorkers({ 'storage.max_file_size': usual ?? null });
}

async function addresses(suite, stack) {
	await suite.test('S-053 odd methods: refused by every path, and none stands for another', async () => {
		const ask = (line, more = '') => raw(stack.port, [`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${stack.token}\r\n${more}\r\n`]);
		for (const path of ['/api/jobs', `/api/printers?organizationId=${stack.org}`, '/', '/static/platen.css', '/api/files/upload'])
			for (const method of ['TRACE', 'CONNECT', 'TRACK', 'PROPFIND', 'SEARCH', 'GETS', 'get', 'GE', 'POST1', 'X'.repeat(60)])
				assert.match(await ask(`${method} ${path}`), /^HTTP\/1.1 (400|405) /, `${method} ${path}`);
		assert.match(await ask('CONNECT 127.0.0.1:22'), /^HTTP\/1.1 (400|405) /);
		const made = await stack.call('POST', '/api/printers', { json: { organizationId: stack.org, name: 'Stays' } });
		for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
			assert.match(await ask(`GET /api/printers/${made.json.id}?organizationId=${stack.org}&_method=DELETE`, `${name}: DELETE\r\n`), /^HTTP\/1.1 200 /, name);
		assert.equal((await stack.call('DELETE', `/api/printers/${made.json.id}?organizationId=${stack.org}`)).status, 200, 'it is still there');
	});
	await suite.test('S-053 other spellings of a path are other paths, for signing in as well', async () => {
		const ask = async (path, token, method = 'GET') => (await exchange(stack.url, { method, path, headers: token ? { authorization: `Bearer ${token}` } : {} })).status;
		for (const path of ['//api/jobs', '/api//jobs', '/./api/jobs', '/api/./jobs', '/api/x/../jobs', '/static/../api/jobs', '/static/..%2fapi/jobs', '/api%2fjobs', '/api/%6aobs', '/api/jobs;x', '/api/jobs;x=1', '/api;/jobs',
			'/api/jobs.', '/api/jobs%20', '/api/jobs%00', '/API/jobs', '/api/Jobs', '/api/jobs/.', '/api/jobs/%2e', '/api/jobs/..;/users', '/api/users/..%2fjobs', '/api/jobs%3fpage=1', '/api/jobs%23', '/api\\jobs', '/api/jobs//',
			'/api/users.json', '/metrics', '/%2e%2e/metrics', '/api/../metrics'])
			for (const token of [stack.token, null])
				assert.ok([400, 404].includes(await ask(path, token)), `${path}: ${await ask(path, token)}`);
		assert.deepEqual([await ask('/api/jobs/', stack.token), await ask('/api/jobs/', null)], [200, 401], 'one slash at the end is the same path, and the same rule');
		for (const path of ['/api/printer//emergency-stop', '/api/printer/./emergency-stop', '/api/printer/emergency-stop.', '/api/printer/emergency-stop;x', '/api/printer/%65mergency-stop'])
			assert.equal(await ask(path, stack.token, 'POST'), 404, path);
		assert.equal(await ask('/api/printer/emergency-stop', null, 'POST'), 401);
	});
}

async function headers(suite, stack) {
	await suite.test('S-052 floods of headers and of HTTP/2 frames are refused; others are served', async () => {
		const workers = await allWorkers(stack), get = `GET /api/jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${stack.token}\r\n`;
		const many = Array.from({ length: 100 }, (_, i) => `X-H${i}: ${'a'.repeat(8100)}\r\n`).join('');
		const frame = (type, flags, stream, body) => {
			const head = Buffer.alloc(9);
			head.writeUIntBE(body.length, 0, 3);
			head[3] = type;
			head[4] = flags;
			head.writeUInt32BE(stream, 5);
			return Buffer.concat([head, body]);
		};
		const resets = Array.from({ length: 2000 }, (_, i) => Buffer.concat([frame(1, 5, 2 * i + 1, Buffer.from([0x82, 0x84, 0x86])), frame(3, 0, 2 * i + 1, Buffer.alloc(4))]));
		const flood = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0)), ...resets]);
		for (const [what, bytes] of [['100 headers', `${get}${many}\r\n`], ['a cookie', `${get}Cookie: a=${'x'.repeat(65536)}\r\n\r\n`], ['small headers', `${get}${'X-A: 1\r\n'.repeat(20000)}\r\n`], ['resets', flood]]) {
			const answers = await Promise.all(Array.from({ length: 25 }, () => raw(stack.port, [bytes], { mayReset: true })));
			// Whoever is still sending when the connection is closed may lose the answer with it.
			for (const a of answers)
				assert.match(a, /^$|^HTTP\/1.1 4(00|05|31) /, `${what}: ${a.slice(0, 100)}`);
			await staysWell(stack, workers);
		}
		assert.match(await raw(stack.port, [`${get}Cookie: a=${'x'.repeat(20000)}\r\n\r\n`]), /^HTTP\/1.1 431 /);
	});
}

async function lines(suite, stack, { values }) {
	await stack.restartWorkers({ 'log.level': 'debug' });
	await suite.test('S-057 what clients say never begins a line of the log, and is no format', async () => {
		const evil = '\r\n{"level":"error","message":"forged"}\n\u001b[2J\u001b]0;x\u0007%n%s%n\u007f\u0000', plain = evil.replaceAll('\u0000', ''), from = stack.log('cgi').length;
		const token = stack.token, json = { organizationId: stack.org, name: plain, location: plain, notes: plain };
		await stack.call('POST', '/api/auth/login', { token: null, json: { email: plain, password: plain } });
		await stack.call('POST', '/api/auth/register', { token: null, json: { email: plain, username: plain, password: plain } });
		await stack.call('POST', '/api/printers', { json });
		await stack.call('GET', `/api/files?search=${encodeURIComponent(evil)}&folder=${encodeURIComponent(plain)}`);
		await stack.call('GET', `/api/${encodeURIComponent(evil)}/${encodeURIComponent('%n%s')}`);
		await send(stack, `${part(`name="file"; filename="${plain.replaceAll('"', '\\"').replaceAll('\r\n', '')}.gcode"`, values.vase)}--b--\r\n`);
		const odd = (name, value) => raw(stack.port, [Buffer.from(`GET /api/jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n${name}: ${value}\r\n\r\n`, 'latin1')]);
		for (const name of ['User-Agent', 'X-Request-Id', 'Origin', 'Referer', 'X-Forwarded-For'])
			await odd(name, 'a\u001b[31m%n%s%999999d\u0007\x9b2J"}\\');
		await stack.call('POST', '/api/auth/login', { token: null, json: { email: 'log-mark@platen.test', password: 'x' }, headers: { 'x-request-id': 'log-mark', 'user-agent': '%n%s%n' } });
		const said = stack.log('cgi').slice(from);
		assert.ok(said.includes('"log-mark"'), 'the requests are in the log');
		for (const line of said.split('\n').filter((l) => l !== '')) {
			assert.doesNotMatch(line, /[\u0000-\u001f\u007f]/, line); // eslint-disable-line no-control-regex
			const it = JSON.parse(line);
			assert.equal(it.service, 'platen', line);
			assert.notEqual(it.message, 'forged');
		}
		assert.equal((await stack.call('GET', '/health')).status, 200);
		assert.deepEqual(stack.sql("SELECT user_agent FROM system_events WHERE description LIKE '%log-mark%' OR user_agent = '%n%s%n' LIMIT 1"), [['%n%s%n']]);
	});
	await stack.restartWorkers({ 'log.level': 'info' });
}

/** A FastCGI record, and name-value pairs as its content. */
const record = (type, content = Buffer.alloc(0), { version = 1, id = 1, length = content.length } = {}) =>
	Buffer.concat([Buffer.from([version, type, id >> 8, id & 255, length >> 8, length & 255, 0, 0]), content]);
const size = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([0x80 | n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255]));
const pairs = (list) => Buffer.concat(list.flatMap(([name, value]) => [size(name.length), size(value.length), Buffer.from(name), Buffer.from(value)]));

/** Sends records to a pool's socket; all that came back until it was closed. */
function fastcgi(stack, pool, bytes, { hangUp = true } = {}) {
	return new Promise((done) => {
		const chunks = [], socket = connect(join(stack.dir, `run/cgi-${pool}.sock`), () => (hangUp ? socket.end(bytes) : socket.write(bytes)));
		socket.on('data', (chunk) => chunks.push(chunk));
		socket.on('error', () => {}); // closed on us: what came counts
		socket.on('close', () => done(Buffer.concat(chunks).toString('latin1')));
	});
}

async function records(suite, stack) {
	const begin = record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]));
	const request = (params, body, closing = true) => Buffer.concat([begin, record(4, pairs(params)), record(4), ...(body ? [record(5, Buffer.from(body))] : []), ...(closing ? [record(5)] : [])]);
	const login = (length) => [['REQUEST_METHOD', 'POST'], ['REQUEST_URI', '/api/auth/login'], ['CONTENT_TYPE', 'application/json'], ['CONTENT_LENGTH', String(length)], ['REMOTE_ADDR', '127.0.0.1']];

	await suite.test('S-042 a FastCGI body shorter than its length is refused, what is longer is no second request', async () => {
		const body = '{"email":"nobody@platen.test","password":"wrong"}';
		assert.match(await fastcgi(stack, 'slow', request(login(body.length), body)), /Status: 401/);
		assert.match(await fastcgi(stack, 'slow', request(login(body.length + 40), body)), /Status: 400/);
		assert.match(await fastcgi(stack, 'slow', request(login('12x'), body)), /Status: 400/);
		assert.match(await fastcgi(stack, 'slow', request(login('-1'), body)), /Status: 400/);
		assert.match(await fastcgi(stack, 'slow', request(login('99999999999999999999999'), body)), /Status: 400/);
		const two = await fastcgi(stack, 'slow', request(login(body.length), `${body}GET /health HTTP/1.1\r\n\r\n`));
		assert.equal(two.match(/Status: /g).length, 1);
	});
	await suite.test('S-043 FastCGI records that are none: the workers live on', async () => {
		const workers = await allWorkers(stack);
		const bad = [Buffer.alloc(0), Buffer.alloc(8), Buffer.from([1]), begin, record(4, Buffer.alloc(100)), record(1, Buffer.alloc(3)), record(9, Buffer.alloc(8)), record(99, Buffer.alloc(8)),
			record(1, Buffer.from([0, 9, 0, 0, 0, 0, 0, 0])), record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]), { version: 7 }),
			Buffer.concat([begin, record(4, Buffer.from([0x80, 0, 0])), record(4), record(5)]), Buffer.concat([begin, record(4, pairs([['A', 'b']]), { length: 65535 })]),
			Buffer.concat([begin, record(4, pairs([['A', 'b']]), { id: 77 }), record(4), record(5)]), Buffer.concat([begin, begin, record(4), record(5)]),
			request([['REQUEST_METHOD', 'GET'], ['REQUEST_METHOD', 'DELETE'], ['REQUEST_URI', '/api/jobs'], ['REQUEST_URI', '/health'], ['CONTENT_LENGTH', '5'], ['CONTENT_LENGTH', '']], ''), request([], ''),
			request([['REQUEST_METHOD', ''], ['REQUEST_URI', 'x'.repeat(60000)], ['QUERY_STRING', '&'.repeat(5000)]], ''), request(Array.from({ length: 3000 }, (_, i) => [`HTTP_X${i}`, 'y']), '')];
		const chance = Array.from({ length: 200 }, (_, i) => {
			const bytes = randomBytes(8 + i);
			bytes[0] = 1; // the version, so that what follows is read
			bytes[1] = 5 + bytes[1] % 7; // parameters of chance claim lengths: the next test
			return i % 2 ? bytes : Buffer.concat([begin, record(4), bytes]);
		});
		for (const pool of ['api', 'stop'])
			for (const bytes of [...bad, ...chance])
				assert.doesNotMatch(await fastcgi(stack, pool, bytes), /Status: 2|Status: 5/, bytes.toString('hex').slice(0, 400));
		await staysWell(stack, workers);
		assert.equal((await stack.call('POST', '/api/printer/emergency-stop', { token: null })).status, 401, 'the pool of the stop too');
	});
	await suite.test('S-043 names of 2 GiB: where the library gives up, another worker stands there', async () => {
		const lie = (...lengths) => Buffer.concat([begin, record(4, Buffer.from(lengths)), record(4), record(5)]);
		for (const pool of ['api', 'stop', 'slow'])
			for (const bytes of [lie(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x78), lie(0xff, 0xff, 0xff, 0xff, 1, 0x78), lie(1, 0xff, 0xff, 0xff, 0xff, 0x78), lie(0x80, 0x10, 0, 0, 0x80, 0x10, 0, 0, 0x78)])
				assert.equal(await fastcgi(stack, pool, bytes), '');
		await staysWell(stack);
		await allWorkers(stack);
	});
}

export async function securityTests(suite, stack, world) {
	mkdirSync(join(stack.dir, 'tmp'), { recursive: true });
	await names(suite, stack);
	await bodies(suite, stack, world);
	await addresses(suite, stack);
	await headers(suite, stack);
	await lines(suite, stack, world);
	await records(suite, stack);
}
