// SPDX-License-Identifier: Apache-2.0
// What only a socket can do: bodies that end early, chunked uploads, sizes at the limit, an outage
// of the database, a killed worker, memory.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchange } from './request.mjs';
import { until } from '../lib/stack.mjs';

const stored = (stack) => readdirSync(join(stack.dir, 'storage'), { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).length;

/** Sends bytes; gives all that came back, or what came until we hung up or were reset. */
export function raw(port, pieces, { hangUp = false, mayReset = false } = {}) {
	return new Promise((done, failed) => {
		const chunks = [], socket = connect(port, '127.0.0.1', () => {
			for (const piece of pieces)
				socket.write(piece);
			if (hangUp)
				socket.end(() => socket.destroy());
		});
		socket.on('data', (chunk) => chunks.push(chunk));
		socket.on('error', (e) => (chunks.length === 0 && !hangUp && !mayReset ? failed(e) : null)); // a reset after the answer is fine
		socket.on('close', () => done(Buffer.concat(chunks).toString()));
	});
}

/** How often a route has answered, in the figures. */
async function requests(stack, route) {
	const { text } = await exchange(`http://127.0.0.1:${stack.metricsPort}`, { method: 'GET', path: '/metrics' });
	return [...text.matchAll(/^http_request_duration_seconds_count\{method="[A-Z]+",route="([^"]+)",status="\d+"\} (\d+)$/gm)].filter((m) => m[1] === route).reduce((n, m) => n + Number(m[2]), 0);
}

const part = (name, more = '') => `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
const head = (stack, more) => `POST /api/files/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${stack.token}\r\nContent-Type: multipart/form-data; boundary=b\r\n${more}\r\n`;

export async function wireTests(suite, stack, { values }) {
	const whole = `${part('file', '; filename="a.gcode"')}${values.vase}\r\n--b--\r\n`;
	const files = stored(stack);

	await suite.test('a chunked upload', async () => {
		const cut = Math.floor(whole.length / 2);
		const chunk = (t) => `${t.length.toString(16)}\r\n${t}\r\n`;
		const r = await raw(stack.port, [head(stack, 'Transfer-Encoding: chunked\r\n'), chunk(whole.slice(0, cut)), chunk(whole.slice(cut)), '0\r\n\r\n']);
		assert.match(r, /^HTTP\/1.1 201 /, r.slice(0, 300));
		assert.equal(stored(stack), files + 1);
	});
	await suite.test('R-130 an upload that ends early leaves nothing', async () => {
		await raw(stack.port, [head(stack, `Content-Length: ${whole.length}\r\n`), whole.slice(0, -20)], { hangUp: true });
		await until('no residue', () => stored(stack) === files + 1);
		const r = await raw(stack.port, [head(stack, `Content-Length: ${whole.length - 9}\r\n`), whole.slice(0, -9)]);
		assert.match(r, /^HTTP\/1.1 400 /);
		assert.equal(stored(stack), files + 1);
		assert.deepEqual(stack.sql("SELECT count(*) FROM files WHERE original_name = 'a.gcode'"), [['1']]);
	});
	await suite.test('S-045 multipart frames that are none', async () => {
		for (const body of ['', '--b--\r\n', `${part('')}x\r\n--b--\r\n`, whole.replaceAll('--b', '--c'), `${part('file', '; filename="a.gcode')}x\r\n--b--\r\n`,
			`${part('a'.repeat(5000))}x\r\n--b--\r\n`, Array.from({ length: 40 }, (_, i) => `${part(`f${i}`)}x\r\n`).join('') + '--b--\r\n']) {
			const r = await raw(stack.port, [head(stack, `Content-Length: ${body.length}\r\n`), body]);
			assert.match(r, /^HTTP\/1.1 400 /, `${body.slice(0, 60)}: ${r.slice(0, 200)}`);
		}
		assert.equal(stored(stack), files + 1);
	});
	await suite.test('refusals of nginx: the shape of the family, each header once', async () => {
		const ask = (line) => raw(stack.port, [`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${stack.token}\r\n\r\n`]);
		const much = 'a'.repeat(40000), once = /^x-content-type-options: nosniff\r$/gim;
		for (const [line, status, body] of [[`GET /api/printers?x=${much}`, 414, '{"error":"Request line too long"}'],
			[`GET /api/jobs?x=${much}`, 414, '{"success":false,"error":{"code":"URI_TOO_LONG"'],
			['TRACE /health', 405, '{"error":"Method not allowed"}']]) {
			const r = await ask(line);
			assert.ok(r.startsWith(`HTTP/1.1 ${status} `) && r.includes(`\r\n\r\n${body}`), r.slice(0, 2000));
			assert.match(r, /^content-type: application\/json; charset=utf-8\r$/im);
			assert.equal(r.match(once)?.length, 1, r.slice(0, 2000));
		}
		const id = await stack.upload('small.gcode', values.vase), r = await raw(stack.port, [`GET /api/files/${id}/download HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`,
			`Authorization: Bearer ${stack.token}\r\nRange: bytes=1000000-\r\nOrigin: https://a.example\r\n\r\n`]);
		assert.match(r, /^HTTP\/1.1 416 /);
		assert.equal(r.match(once)?.length, 1, r);
		await stack.call('DELETE', `/api/files/${id}`);
	});
	await suite.test('R-125 S-047 a file over the limit is refused before it comes', async () => {
		const r = await raw(stack.port, [head(stack, 'Content-Length: 600000000\r\n')]);
		assert.match(r, /^HTTP\/1.1 413 /);
		assert.match(r, /FILE_TOO_LARGE/);
		assert.match(r, /X-Content-Type-Options: nosniff/i);
	});
	await suite.test('R-130 a large upload, hashed, in little memory', async () => {
		const line = 'G1 X10.000 Y20.000 E0.12345 ; a line like many\n', size = 60 << 20;
		const text = Buffer.alloc(size, line), pids = () => readFileSync(join(stack.dir, 'run/cgi-upload.pids'), 'utf8').trim().split('\n');
		const rss = () => Math.max(...pids().map((p) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${p}/status`, 'utf8'))[1])));
		const before = rss(), id = await stack.upload('large.gcode', text);
		const grown = rss() - before;
		assert.ok(grown < 20000, `${grown} kB more`); /* generous: sanitizers keep freed memory */
		const [[path, bytes]] = stack.sql(`SELECT file_path, file_size FROM files WHERE id = '${id}'`);
		assert.equal(Number(bytes), size);
		assert.equal(statSync(join(stack.dir, 'storage', path)).size, size);
		assert.equal((await stack.call('DELETE', `/api/files/${id}`)).status, 200);
		assert.equal(stored(stack), files + 1);
	});
	await suite.test('R-004 bodies over 1 MiB', async () => {
		const r = await exchange(stack.url, { method: 'POST', path: '/api/printers', body: `"${'x'.repeat(1100000)}"`,
			headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.token}` } });
		assert.equal(r.status, 413);
		assert.deepEqual(r.json, { error: 'Payload too large' });
	});
	await suite.test('R-012 header and address too long, in the family\'s shape', async () => {
		const big = await exchange(stack.url, { method: 'GET', path: '/api/jobs', headers: { 'x-big': 'x'.repeat(40000) } });
		assert.equal(big.status, 431);
		assert.equal(big.json.error.code, 'HEADER_TOO_LARGE');
		const long = await raw(stack.port, [`GET /api/printers?${'x'.repeat(40000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`]);
		assert.match(long, /^HTTP\/1.1 414 /);
	});
	await suite.test('S-042 two lengths, or a length and chunks', async () => {
		for (const headers of ['Content-Length: 2\r\nContent-Length: 3\r\n', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', 'Transfer-Encoding: gzip, chunked\r\n'])
			assert.match(await raw(stack.port, [`POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}\r\n{}`]), /^HTTP\/1.1 (400|501) /, headers);
	});
	await suite.test('S-042 broken chunks, folded headers, bare line feeds: refused, and what follows is no request', async () => {
		const hidden = `GET /api/hidden-${randomUUID()} HTTP/1.1\r\nHost: x\r\n\r\n`, unmatched = () => requests(stack, 'unmatched'), before = await unmatched();
		const post = (more, body) => `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}\r\n${body}`;
		for (const text of [post('Transfer-Encoding: chunked\r\n', `zz\r\n{}\r\n0\r\n\r\n${hidden}`), post('Transfer-Encoding: chunked\r\n', `-2\r\n{}\r\n0\r\n\r\n${hidden}`),
			post('Transfer-Encoding: chunked\r\n', `2\r\n{}xx0\r\n\r\n${hidden}`), post('Transfer-Encoding: chunked\r\n', `ffffffffffffffffff\r\n{}\r\n0\r\n\r\n${hidden}`),
			post('Content-Length: 2\r\n Content-Length: 0\r\n', `{}${hidden}`), post('Content-Length: -1\r\n', hidden), post('Content-Length: 2, 2\r\n', `{}${hidden}`), post('Content-Length: +2\r\n', `{}${hidden}`),
			post('Content-Length : 2\r\n', `{}${hidden}`), post('Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n', `{}${hidden}`), post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${hidden}`),
			`GET /api/health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n${hidden}`, `GET /api/health HTTP/1.1\r\n\r\n${hidden}`]) {
			const r = await raw(stack.port, [text], { mayReset: true });
			assert.match(r, /^HTTP\/1.1 (400|501) /, text.slice(0, 160));
			assert.equal(r.match(/^HTTP\/1.1 /gm).length, 1, text.slice(0, 160));
		}
		// The web server takes a line feed alone for the end of a line, as RFC 9112 lets it; nobody behind it
		// reads the bytes again. So: one answer, and what it thinks is the body is none's request.
		for (const text of [`GET /api/health\nHTTP/1.1\r\nHost: x\r\n\r\n${hidden}`, `GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: b\n\n${hidden}`,
			`POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: b\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`, `GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: b\r${hidden}`])
			assert.ok(((await raw(stack.port, [text], { mayReset: true })).match(/^HTTP\/1.1 /gm) ?? []).length <= 1, text.slice(0, 160));
		assert.equal(await unmatched(), before, 'a hidden request was served');
		await stack.call('GET', `/api/hidden-${randomUUID()}`);
		await until('one that is not hidden is counted', async () => await unmatched() === before + 1);
	});
	await suite.test('R-274 S-017 addresses that clients claim have no effect', async () => {
		await stack.call('POST', '/api/auth/login', { token: null, json: { email: 'spoof@platen.test', password: 'x' },
			headers: { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' } });
		assert.deepEqual(stack.sql("SELECT count(*) FROM system_events WHERE ip_address = '203.0.113.9'"), [['0']]);
	});
	await suite.test('S-027 stored files only through their route', async () => {
		for (const path of ['/_files/', '/_files/2026/11/x', '/_files/..%2fplaten.conf', '/static/..%2f..%2fplaten.conf', '/api/files/..%5c..%5cx/download']) {
			const r = await exchange(stack.url, { method: 'GET', path, headers: { authorization: `Bearer ${stack.token}`, 'x-accel-redirect': '/_files/x' } });
			assert.ok([404, 400].includes(r.status), `${path}: ${r.status}`);
		}
	});
	await suite.test('R-283 figures are on their own listener only', async () => {
		assert.equal((await stack.call('GET', '/metrics')).status, 404);
		const figures = await exchange(`http://127.0.0.1:${stack.metricsPort}`, { method: 'GET', path: '/metrics' });
		assert.equal(figures.status, 200);
		assert.match(figures.text, /http_request_duration_seconds_count\{method="POST",route="\/api\/files\/upload",status="201"\} \d+/);
		assert.equal((await exchange(`http://127.0.0.1:${stack.metricsPort}`, { method: 'GET', path: '/api/health' })).status, 404);
	});
	await suite.test('a killed worker is replaced, and named in cgi.pids', async () => {
		const pids = () => readFileSync(join(stack.dir, 'run/cgi.pids'), 'utf8').trim().split('\n').map(Number);
		const before = pids();
		assert.equal(before.length, 4 + 8 + 2 + 2);
		process.kill(before[0], 'SIGKILL');
		await until('a new worker', () => pids().length === before.length && !pids().includes(before[0]), 5);
		assert.equal((await stack.call('GET', '/api/jobs')).status, 200);
	});
	await suite.test('SIGHUP renews the workers, no request is lost, and an error in the file changes nothing', async () => {
		const pids = () => readFileSync(join(stack.dir, 'run/cgi.pids'), 'utf8').trim().split('\n').map(Number);
		const parent = stack.services.cgi.pid, before = pids(), kept = readFileSync(stack.configFile, 'utf8');
		const name = async () => (await stack.call('GET', '/health', { token: null })).json.service;
		const statuses = new Set();
		let asking = true;
		const askers = [0, 1, 2].map(async () => {
			while (asking)
				statuses.add((await stack.call('GET', '/api/jobs')).status);
		});
		try {
			writeFileSync(stack.configFile, `${kept}web.service_name = Renewed\n`);
			stack.services.cgi.kill('SIGHUP');
			await until('new workers', () => pids().length === before.length && !pids().some((p) => before.includes(p)), 10);
			assert.equal(await name(), 'Renewed');
			const renewed = pids();
			writeFileSync(stack.configFile, `${kept}db.timeout = soon\n`);
			stack.services.cgi.kill('SIGHUP');
			await until('the log says so', () => stack.log('cgi').includes('the configuration stays as it was'), 10);
			assert.equal(await name(), 'Renewed');
			assert.deepEqual(pids(), renewed);
		} finally {
			asking = false;
			await Promise.all(askers);
			writeFileSync(stack.configFile, kept);
		}
		assert.deepEqual([...statuses], [200]);
		stack.services.cgi.kill('SIGHUP');
		await until('as before', async () => await name() !== 'Renewed', 10);
		await until('all of them', () => pids().length === before.length, 10);
		assert.equal(stack.services.cgi.pid, parent);
		process.kill(parent, 0);
	});
	await suite.test('S-043 sockets are not for everybody', () => {
		for (const pool of ['api', 'slow', 'upload', 'stop'])
			assert.equal(statSync(join(stack.dir, `run/cgi-${pool}.sock`)).mode & 0o777, 0o660);
	});
	await suite.test('R-011 R-040 the database goes and comes back', async () => {
		stack.stopDatabase('immediate');
		const began = Date.now();
		const [l, p, health] = [await stack.call('GET', '/api/jobs'), await stack.call('GET', `/api/printers?organizationId=${stack.org}`), await stack.call('GET', '/health')];
		assert.ok(Date.now() - began < 9500);
		assert.equal(`${l.status} ${l.json.error.code}`, '503 SERVICE_UNAVAILABLE');
		assert.deepEqual([p.status, Object.keys(p.json)], [503, ['error']]);
		assert.deepEqual([health.status, health.json.status], [503, 'unhealthy']);
		assert.ok(!/sql|postgres|socket/i.test(l.text + p.text + health.text));
		await stack.startDatabase();
		stack.db = stack.db.replace('dbname=postgres', 'dbname=platen');
		await until('200 again', async () => (await stack.call('GET', '/api/jobs')).status === 200, 10);
	});
}
