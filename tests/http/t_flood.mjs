// SPDX-License-Identifier: Apache-2.0
// A thousand clients that hang (S-044), on a stack with a spooler and a simulated printer: everybody
// else is served meanwhile, and the emergency stop reaches the wire. Nothing is timed: while the
// thousand hang, so many requests are answered.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { until } from '../lib/stack.mjs';

/** A client that sends `text` and no more; with `reads` it takes the first bytes of the answer, then none. */
function hang(stack, localAddress, text, { reads = false } = {}) {
	const it = { got: '', closed: false };
	it.ready = new Promise((done, failed) => {
		it.socket = connect({ port: stack.port, host: '127.0.0.1', localAddress }, () => it.socket.write(text, () => (reads ? null : done())));
		it.socket.on('data', (chunk) => {
			it.got += chunk.subarray(0, 2000).toString('latin1');
			if (reads)
				it.socket.pause();
			done();
		});
		it.socket.on('error', failed);
		it.socket.on('close', () => { it.closed = true; });
	});
	return it;
}

export async function floodTests(suite, stack, { tokens }) {
	await stack.services.worker?.stop(); // the large file below is not its matter
	const printer = stack.sql("SELECT id FROM printers WHERE serial_device LIKE '%sim-1'")[0][0];
	const head = (line, more = '') => `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.viewer}\r\n${more}`;
	const body = head('POST /api/auth/login', 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{');
	const clients = [];

	await suite.test('S-044 a thousand clients hang in header, body and answer: others are served, the stop is on the wire', async () => {
		const file = await stack.upload('large.gcode', 'G1 X10.000 Y20.000 E0.12345 ; a line like many\n'.repeat(1 << 18));
		await stack.untilIdle(printer, 60);
		const slow = [[head('GET /api/jobs', 'X-Slow: a')], [body], [head(`GET /api/files/${file}/download`, '\r\n'), { reads: true }]];
		for (let i = 0; i < 1000; i++)
			clients.push(hang(stack, `127.0.0.${11 + i % 5}`, ...slow[i % 3]));
		await Promise.all(clients.map((c) => c.ready));
		assert.ok(clients.filter((_, i) => i % 3 === 2).every((c) => c.got.startsWith('HTTP/1.1 200 ')), 'the downloads have begun');

		const count = () => stack.transcript(1).filter((l) => /^# kill M112|M112$/.test(l)).length, before = count();
		assert.equal((await stack.call('POST', '/api/printer/emergency-stop')).status, 200);
		await until('M112 on the wire', () => count() > before);
		const all = await Promise.all(Array.from({ length: 200 }, (_, i) => stack.call('GET', ['/api/jobs', '/api/health', '/static/platen.css', '/api/printer/status'][i % 4])));
		assert.deepEqual([...new Set(all.map((a) => a.status))], [200]);
		assert.equal((await stack.call('POST', '/api/auth/login', { token: null, json: stack.admin })).status, 200);
		const nobody = Array.from({ length: 20 }, () => hang(stack, '127.0.0.20', 'POST /api/files/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b', { reads: true }));
		clients.push(...nobody);
		await Promise.all(nobody.map((c) => c.ready));
		assert.ok(nobody.every((c) => c.got.startsWith('HTTP/1.1 401 ')), 'who may not upload holds no worker');
		const small = await stack.upload('small.gcode', 'G28\n');
		assert.equal((await stack.call('GET', `/api/files/${small}/download`)).text, 'G28\n');
		// The web server may have given up the unfinished headers by now (15 s), on a slow machine.
		assert.ok(clients.slice(0, 1000).every((c, i) => i % 3 === 0 || !c.closed), 'bodies and answers hang still');
	});
	await suite.test('S-044 one address has 256 requests at a time; its next ones are 429, other addresses are served', async () => {
		const one = Array.from({ length: 300 }, () => hang(stack, '127.0.0.99', body));
		clients.push(...one);
		await Promise.all(one.map((c) => c.ready));
		await until('44 are refused', () => one.filter((c) => c.got.startsWith('HTTP/1.1 429 ')).length === 44);
		assert.ok(one.every((c) => c.got === '' || /\r\nRetry-After: 1\r\n/i.test(c.got)));
		assert.equal((await stack.call('GET', '/api/jobs')).status, 200);
	});
	for (const c of clients)
		c.socket.destroy();
}
