// SPDX-License-Identifier: Apache-2.0
// Engine.IO and Socket.IO byte by byte: handshakes, polling, upgrade, violations.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { raw, until } from './gateway.mjs';

const SEP = '\x1e';
const POLL = '/socket.io/?EIO=4&transport=polling';

export async function wireTests(suite, g) {
	const person = g.person('wire');
	const token = g.token(person);
	const open = async (headers) => JSON.parse((await (await g.get(POLL, { headers })).text()).slice(1));
	const refused = async (path, status, code, options) => {
		const r = await g.get(path, options);
		assert.equal(r.status, status, path);
		assert.match(r.headers.get('content-type'), /^application\/json/);
		assert.equal((await r.json()).code, code, path);
	};
	/** A polling session that is connected; gives its path. */
	const session = async () => {
		const path = `${POLL}&sid=${(await open()).sid}`;
		assert.equal(await (await g.post(path, `40${JSON.stringify({ token })}`)).text(), 'ok');
		let text = '';
		await until('connected', async () => (text += await (await g.get(path)).text()).includes('"connected"'));
		return path;
	};
	const closed = (ws) => until('the socket is closed', () => ws.closed !== undefined, 6);
	const socket = async () => {
		const ws = await raw(g);
		ws.send(`40${JSON.stringify({ token })}`);
		await until('admitted', () => ws.seen.some((m) => m.startsWith('42["connected"')));
		return ws;
	};

	await suite.test('R-182 handshake errors 0-5', async () => {
		await refused('/socket.io/?EIO=3&transport=polling', 400, 5);
		await refused('/socket.io/', 400, 5);
		await refused('/socket.io/?EIO=4', 400, 0);
		await refused('/socket.io/?EIO=4&transport=tarpit', 400, 0);
		await refused(`${POLL}&sid=unknown`, 400, 1);
		await refused(POLL, 400, 2, { method: 'POST', body: '4' });
		await refused('/socket.io/?EIO=4&transport=websocket', 400, 3);
		await refused(POLL, 403, 4, { headers: { origin: 'https://evil.example' } });
	});

	await suite.test('the open packet, its headers, unknown parameters', async () => {
		const r = await g.get(`/socket.io/?x=1&EIO=4&transport=polling&t=abc`);
		assert.equal(r.status, 200);
		assert.equal(r.headers.get('content-type'), 'text/plain; charset=UTF-8');
		assert.equal(r.headers.get('cache-control'), 'no-store');
		const text = await r.text();
		assert.equal(text[0], '0');
		const packet = JSON.parse(text.slice(1));
		assert.deepEqual(Object.keys(packet), ['sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
		assert.deepEqual([packet.upgrades, packet.pingInterval, packet.pingTimeout, packet.maxPayload],
			[['websocket'], 1000, 1000, 1000000]);
		assert.match(packet.sid, /^[\w-]{20,}$/);
		const ws = await raw(g);
		const first = JSON.parse((await until('open packet', () => ws.seen[0])).slice(1));
		assert.deepEqual(first.upgrades, []);
		ws.close();
	});

	await suite.test('origins: listed, own, foreign; preflight', async () => {
		const listed = await g.get(POLL, { headers: { origin: 'https://shop.example' } });
		assert.equal(listed.status, 200);
		assert.equal(listed.headers.get('access-control-allow-origin'), 'https://shop.example');
		assert.equal(listed.headers.get('access-control-allow-credentials'), 'true');
		assert.match(listed.headers.get('vary'), /Origin/);
		const own = await g.get(POLL, { headers: { origin: g.base } });
		assert.equal(own.status, 200);
		const error = await g.get('/socket.io/?EIO=3', { headers: { origin: 'https://other.example' } });
		assert.equal(error.headers.get('access-control-allow-origin'), 'https://other.example');
		for (const [origin, allowed] of [['https://shop.example', 'https://shop.example'], ['https://evil.example', null]]) {
			const pre = await g.get(POLL, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
			assert.equal(pre.status, 204);
			assert.equal(pre.headers.get('access-control-allow-origin'), allowed);
		}
		const foreign = await raw(g, undefined, { headers: { origin: 'https://evil.example' } });
		assert.equal(foreign.status, 403);
	});

	await suite.test('a socket with a cookie but without an origin is refused', async () => {
		const { cookie } = g.page(person);
		assert.equal((await raw(g, undefined, { headers: { cookie } })).status, 403);
		assert.equal((await raw(g, undefined, { headers: { cookie, origin: 'https://evil.example' } })).status, 403);
		const own = await raw(g, undefined, { headers: { cookie, origin: g.base } });
		assert.equal(own.status, undefined);
		own.close();
	});

	await suite.test('polling carries one packet, several, and binary', async () => {
		const path = await session();
		assert.equal(await (await g.post(path, '420["subscribe:progress"]')).text(), 'ok');
		assert.equal(await (await g.get(path)).text(), '430[{"success":true}]');
		await g.post(path, ['421["activity"]', '451-["activity",{"_placeholder":true,"num":0}]', 'bAQID', '422["activity"]'].join(SEP));
		assert.equal(await (await g.get(path)).text(), ['431[{"success":true}]', '432[{"success":true}]'].join(SEP));
	});

	await suite.test('a held GET is released by the ping, and the pong keeps the session', async () => {
		const path = await session();
		for (let i = 0; i < 3; i++) {
			assert.equal(await (await g.get(path)).text(), '2');
			await g.post(path, '3');
		}
	});

	await suite.test('R-181 a client that does not answer pings is dropped', async () => {
		const path = await session();
		assert.equal(await (await g.get(path)).text(), '2');
		await until('gone', async () => (await g.post(path, '420["activity"]')).status === 400, 5);
		await refused(path, 400, 1);
		const ws = await raw(g, undefined, { autoPong: false });
		ws.send(`40${JSON.stringify({ token })}`);
		await closed(ws);
	});

	await suite.test('two GETs at once close the session', async () => {
		const path = await session();
		const first = g.get(path).then((r) => r.text());
		let second;
		await until('the second is refused', async () => {
			second = await g.get(path);
			return second.status === 400;
		});
		assert.equal(await first, '1');
		await refused(path, 400, 1);
	});

	await suite.test('two POSTs at once close the session', async () => {
		const path = await session();
		const slow = connect(g.livePort, '127.0.0.1');
		slow.on('error', () => {});
		slow.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n42["act`);
		await until('the session is closed', async () => (await g.post(path, '420["activity"]')).status === 400, 5);
		await refused(path, 400, 1);
		slow.destroy();
	});

	await suite.test('packet 1 releases the GET and ends the session', async () => {
		const path = await session();
		const held = g.get(path).then((r) => r.text());
		await until('held and closed', async () => await (await g.post(path, '1')).text() === 'ok');
		assert.match(await held, /^[6]$/);
		await refused(path, 400, 1);
	});

	await suite.test('a payload that does not parse closes, with ok', async () => {
		for (const body of ['abc', `4x${SEP}`, Buffer.from([0x34, 0xff]), '2', '99']) {
			const path = await session();
			const r = await g.post(path, body);
			assert.equal(r.status, 200);
			assert.equal(await r.text(), 'ok');
			await refused(path, 400, 1);
		}
	});

	await suite.test('a body over the limit is 413 and the session stays', async () => {
		const path = await session();
		assert.equal((await g.post(path, `4${'x'.repeat(1000001)}`)).status, 413);
		assert.equal(await (await g.post(path, '420["activity"]')).text(), 'ok');
		assert.equal(await (await g.get(path)).text(), '430[{"success":true}]');
		const early = `${POLL}&sid=${(await open()).sid}`;
		assert.equal((await g.post(early, `4${'x'.repeat(70000)}`)).status, 413); // not admitted yet
	});

	await suite.test('upgrade: probe, release, switch; then polling is over', async () => {
		const path = await session();
		const sid = new URL(path, g.base).searchParams.get('sid');
		const held = g.get(path).then((r) => r.text());
		const ws = await raw(g, `EIO=4&transport=websocket&sid=${sid}`);
		ws.send('2probe');
		await until('3probe', () => ws.seen.includes('3probe'));
		assert.match(await held, /^(6|2)$/);
		await g.post(path, '420["activity"]'); // answered after the switch
		ws.send('5');
		await until('what was queued', () => ws.seen.includes('430[{"success":true}]'));
		await refused(path, 400, 3);
		const second = await raw(g, `EIO=4&transport=websocket&sid=${sid}`);
		await closed(second);
		ws.send('421["activity"]');
		await until('ack', () => ws.seen.includes('431[{"success":true}]'));
		ws.close();
	});

	await suite.test('a probe that fails leaves polling alone', async () => {
		const path = await session();
		const sid = new URL(path, g.base).searchParams.get('sid');
		const ws = await raw(g, `EIO=4&transport=websocket&sid=${sid}`);
		ws.send('4nonsense');
		await closed(ws);
		await g.post(path, '420["activity"]');
		assert.equal(await (await g.get(path)).text(), '430[{"success":true}]');
		const unknown = await raw(g, 'EIO=4&transport=websocket&sid=unknown');
		assert.equal(unknown.status, 400);
	});

	await suite.test('no CONNECT in time closes', async () => {
		const ws = await raw(g);
		ws.on('message', (m) => { if (m.toString() === '2') ws.send('3'); });
		await closed(ws);
	});

	await suite.test('another namespace is refused, the connection stays', async () => {
		const ws = await socket();
		ws.send('40/nope,{"token":"x"}');
		await until('refused', () => ws.seen.includes('44/nope,{"message":"Invalid namespace"}'));
		ws.send('420["activity"]');
		await until('ack', () => ws.seen.includes('430[{"success":true}]'));
		ws.close();
	});

	await suite.test('violations close the connection', async () => {
		for (const bad of ['abc', '', '2', '4', '47', '4x', '42', '42[]', '42{}', '42[1]', '42["x"', '42/other,["x"]', '40', '43[]',
			'45["x"]', '451000000000-["x"]', '421234567890123456["x"]', '44{"message":"x"}', '42["x",{"a":1,"a":2}]',
			`40/${'n'.repeat(100)},`, Buffer.from([1, 2, 3])]) {
			const ws = await socket();
			ws.send(bad);
			await closed(ws).catch((e) => { throw new Error(`${bad}: ${e.message}`); });
		}
	});

	await suite.test('a flood of namespaces closes', async () => {
		const ws = await socket();
		for (let i = 0; i < 40; i++)
			ws.send(`40/n${i},`);
		await closed(ws);
		assert.ok(ws.seen.filter((m) => m.startsWith('44/n')).length <= 16);
	});

	await suite.test('a flood of messages closes', async () => {
		const ws = await socket();
		for (let i = 0; i < 4000; i++)
			ws.send('42["activity"]');
		await closed(ws);
	});

	await suite.test('fragments are joined, pings answered, too much is 1009', async () => {
		const ws = await socket();
		let pong = false;
		ws.on('pong', () => { pong = true; });
		ws.send('420["acti', { fin: false });
		ws.ping();
		ws.send('vity"]', { fin: true });
		await until('ack and pong', () => pong && ws.seen.includes('430[{"success":true}]'));
		ws.send(`42["activity","${'x'.repeat(1000000)}"]`);
		await closed(ws);
		assert.equal(ws.closed, 1009);
		const early = await raw(g);
		early.send(`40${'x'.repeat(70000)}`);
		await closed(early);
		assert.equal(early.closed, 1009);
	});

	await suite.test('unmasked frames and broken handshakes are refused', async () => {
		/* All that comes until the end, or until `enough` has come: a refused handshake leaves the line open. */
		const talk = (text, enough) => new Promise((done) => {
			const s = connect(g.livePort, '127.0.0.1', () => s.write(text, 'latin1'));
			let out = Buffer.alloc(0);
			s.on('data', (d) => {
				out = Buffer.concat([out, d]);
				if (enough?.test(out.toString('latin1')))
					s.destroy();
			});
			s.on('close', () => done(out.toString('latin1')));
			s.on('error', () => done(out.toString('latin1')));
		});
		const head = 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: close, Upgrade\r\n';
		const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
		const unmasked = await talk(`${head}${key}Sec-WebSocket-Version: 13\r\n\r\n\x81\x0242`);
		assert.match(unmasked, /^HTTP\/1.1 101/);
		assert.match(unmasked, /s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/);
		assert.match(unmasked, /\x88\x02\x03\xea$/); // close 1002
		assert.match(await talk(`${head.replace('close, ', '')}${key}Sec-WebSocket-Version: 8\r\n\r\n`, /\r\n\r\n/), /^HTTP\/1.1 400 /);
	});

	await suite.test('other paths and methods', async () => {
		assert.equal((await g.get('/')).status, 404);
		assert.equal((await g.get('/socket.io/../etc/passwd')).status, 404);
		await refused(POLL, 400, 2, { method: 'DELETE' });
		const path = await session();
		assert.equal((await g.get(path, { method: 'PUT', body: 'x' })).status, 400);
	});
}
