// SPDX-License-Identifier: Apache-2.0
// Slow readers, a database that stops and forgets, the gateway's own end.
import assert from 'node:assert/strict';
import { raw, until } from './gateway.mjs';

export async function faultTests(suite, g) {
	const person = g.person('frieda'), reader = g.person('renate');
	const printer = g.printer('P1', { isDefault: true });
	g.report(printer);
	const socket = async (token) => {
		const ws = await raw(g);
		ws.on('message', (m) => { if (m.toString() === '2') ws.send('3'); });
		ws.send(`40${JSON.stringify({ token })}`);
		await until('admitted', () => ws.seen.some((m) => m.startsWith('42["connected"')));
		return ws;
	};
	const big = (n, size) => g.sql(`SET ROLE platen_service; SELECT spool.emit('alert', '${g.org}', NULL,
		jsonb_build_object('n', n, 'text', repeat('x', ${size}))) FROM generate_series(1, ${n}) n`);

	await suite.test('who stops reading gets the newest state afterwards, others wait for nothing', async () => {
		const slow = await socket(g.token(reader)), quick = await g.connect(person);
		slow.send('42["subscribe:status"]');
		await quick.ask('subscribe:status');
		await until('subscribed', () => slow.seen.some((m) => m.startsWith('42["status:update"')));
		slow.pause();
		big(60, 20000); // more than the kernel takes for a reader that sleeps
		await until('the quick one has all', () => quick.all('alert').length === 60);
		slow.seen.length = 0;
		for (let i = 1; i <= 8; i++) {
			g.report(printer, { hotend: 100 + i });
			await quick.next('status:update', (s) => s.temperatures.hotend.actual === 100 + i);
		}
		slow.resume();
		const newest = await until('the newest state', () => slow.seen.filter((m) => m.startsWith('42["status:update"'))
			.find((m) => m.includes('"actual":108,')));
		assert.ok(newest);
		const states = slow.seen.filter((m) => m.startsWith('42["status:update"')).length;
		assert.ok(states <= 3, `${states} states, one or two were expected`);
		assert.equal(slow.seen.filter((m) => m.startsWith('42["alert"')).length, 60);
		assert.equal(slow.closed, undefined);
		slow.close();
		quick.close();
	});

	await suite.test('R-198 a reader that stays away is dropped, with a bounded queue', async () => {
		const slow = await socket(g.token(reader)), quick = await g.connect(person);
		slow.pause();
		big(1500, 8000);
		await until('the quick one has all', () => quick.all('alert').length === 1500, 20);
		await until('the slow one is dropped', () => /socket of renate closed: too slow/.test(g.log('live')), 15);
		slow.resume();
		await until('it learns it', () => slow.closed !== undefined);
		assert.ok(slow.seen.filter((m) => m.startsWith('42["alert"')).length < 1200);
		assert.equal(quick.reason, null);
		quick.close();
	});

	await suite.test('half-open and idle connections cost a place only for a moment', async () => {
		const many = await Promise.all([...Array(200)].map(() => raw(g)));
		assert.ok(many.every((ws) => ws.status === undefined));
		const c = await g.connect(person);
		assert.deepEqual(await c.ask('activity'), { success: true });
		await until('all were dropped', () => many.every((ws) => ws.closed !== undefined), 8);
		c.close();
	});

	await suite.test('the database stops and forgets: sockets stay, nothing is lost or doubled', async () => {
		const c = await g.connect(person);
		await c.ask('subscribe:status');
		const job = g.job(printer, { user: person.id });
		g.event(job, 'printing');
		await c.next('print:started');
		c.forget();
		g.sql('CHECKPOINT'); // scratch databases do not wait for the disk
		g.stopDatabase('immediate');
		await until('noticed', () => /database away/.test(g.log('live')));
		// The gateway sleeps meanwhile, so that the event is surely older than its return.
		g.services.live.kill('SIGSTOP');
		await g.startDatabase();
		g.db = g.db.replace('dbname=postgres', 'dbname=platen');
		g.event(job, 'paused', { reason: 'user', text: 'x' }, true);
		g.services.live.kill('SIGCONT');
		await until('connected again', () => g.log('live').match(/database connected/g).length >= 2, 10);
		const paused = await c.next('print:paused');
		assert.equal(paused.job.status, 'PAUSED');
		assert.equal(paused.reason, 'user');
		g.event(job, 'resumed');
		await c.next('print:resumed');
		g.report(printer, { hotend: 123, state: 'printing', job_id: job.id, attempt_id: job.attempt, progress: 50 });
		await c.next('status:update', (s) => s.temperatures.hotend.actual === 123, 12);
		g.event(job, 'cancelled', {});
		await c.next('print:cancelled');
		assert.deepEqual(c.seen.filter((e) => e.name.startsWith('print:')).map((e) => e.name),
			['print:paused', 'print:resumed', 'print:cancelled']);
		assert.equal(c.reason, null);
		c.close();
	});

	await suite.test('without a database a new socket is closed, not refused: it comes back by itself', async () => {
		g.stopDatabase('fast');
		await until('noticed', () => g.log('live').match(/database away/g).length >= 2);
		const c = g.client({ transports: ['websocket'], auth: { token: g.token(person) }, reconnection: true, reconnectionDelay: 100 });
		await until('tried', () => /admitting a socket/.test(g.log('live')));
		assert.equal(c.all('connected').length, 0);
		await g.startDatabase();
		g.db = g.db.replace('dbname=postgres', 'dbname=platen');
		await until('connected by itself', () => c.all('connected').length === 1, 15);
		c.close();
	});

	await suite.test('SIGTERM: sockets are closed with a goodbye; a new gateway takes them', async () => {
		const options = { reconnection: true, reconnectionDelay: 50 };
		const one = await g.connect(person, options), two = await g.connect(person, { ...options, transports: ['polling'] });
		const bare = await socket(g.token(person));
		await g.services.live.stop();
		assert.equal(g.services.live.last.code, 0);
		await until('closed', () => bare.closed !== undefined && one.reason && two.reason);
		assert.equal(bare.closed, 1001);
		assert.equal(one.reason, 'transport close');
		await g.start('live');
		await until('both are back', () => one.all('connected').length === 2 && two.all('connected').length === 2, 15);
		one.close();
		two.close();
	});

	await suite.test('a second gateway on the same address says so and ends', async () => {
		const second = g.services.second = Object.assign(Object.create(Object.getPrototypeOf(g.services.live)), g.services.live,
			{ name: 'second', child: null, wanted: false });
		second.start();
		await until('it has ended', () => second.last?.code > 0);
		assert.match(g.log('second'), /live\.listen/);
		delete g.services.second;
	});
}
