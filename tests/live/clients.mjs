// SPDX-License-Identifier: Apache-2.0
// The stock client: transports, admission, subscriptions, events, who sees what.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { until } from './gateway.mjs';

export async function clientTests(suite, g) {
	const person = g.person('olga'), viewer = g.person('vera', { role: 'VIEWER' });
	const otherOrg = g.organization('Other'), stranger = g.person('xaver', { role: 'OPERATOR', org: otherOrg });
	const printer = g.printer('P1', { isDefault: true }), second = g.printer('P2');
	const foreign = g.printer('F1', { org: otherOrg, isDefault: true });
	const FAILED = 'Authentication failed';
	const refuse = async (options, message = FAILED) => {
		const c = g.client({ transports: ['websocket'], ...options });
		assert.equal(await c.refused(), message);
		assert.equal(c.socket.connected, false);
		c.close();
	};
	g.report(printer);
	g.report(second, { hotend: 50 });
	g.report(foreign, { hotend: 77 });

	await suite.test('R-177 default, websocket only, polling only', async () => {
		for (const [transports, name] of [[['polling', 'websocket'], 'websocket'], [['websocket'], 'websocket'], [['polling'], 'polling']]) {
			const c = await g.connect(person, { transports });
			const [hello] = c.all('connected');
			assert.deepEqual(hello.user, { id: person.id, username: 'olga', role: 'OPERATOR' });
			assert.equal(hello.isDemo, false);
			assert.match(hello.timestamp, /^\d{4}-.*Z$/);
			await until(name, () => c.socket.io.engine.transport.name === name);
			assert.deepEqual(await c.ask('activity'), { success: true });
			c.close();
		}
	});

	await suite.test('nothing is lost or reordered while the transport changes', async () => {
		const c = g.client({ transports: ['polling', 'websocket'], auth: { token: g.token(person) } });
		const answers = [];
		for (let i = 0; i < 300; i++)
			c.socket.emit('activity', { i }, () => answers.push(i));
		await until('all answers', () => answers.length === 300);
		assert.deepEqual(answers, [...answers.keys()]);
		c.close();
	});

	await suite.test('heartbeats keep an idle client', async () => {
		const clients = await Promise.all(['polling', 'websocket'].map((t) => g.connect(person, { transports: [t] })));
		let pings = 0;
		clients.forEach((c) => c.socket.io.on('ping', () => pings++));
		await until('six pings', () => pings >= 6, 10);
		for (const c of clients) {
			assert.equal(c.reason, null);
			c.close();
		}
	});

	await suite.test('R-200 token by header; role from the database, not from the token', async () => {
		const c = g.client({ transports: ['websocket'], extraHeaders: { authorization: `Bearer ${g.token(viewer, { role: 'ADMIN' })}` } });
		await c.connected();
		assert.equal(c.all('connected')[0].user.role, 'VIEWER');
		assert.equal((await c.ask('control:pause')).error.code, 'FORBIDDEN');
		assert.equal((await c.next('error')).code, 'FORBIDDEN');
		c.close();
	});

	await suite.test('R-178 R-180 refused: nothing, garbage, forged, expired, refresh, none, inactive, unknown, revoked', async () => {
		const gone = g.person('gone'), idle = g.person('idle'), now = Math.floor(Date.now() / 1000);
		g.sql(`DELETE FROM sessions WHERE id = '${gone.session}'; UPDATE users SET is_active = false WHERE id = '${idle.id}'`);
		await refuse({});
		await refuse({ auth: { token: 'garbage' } });
		await refuse({ auth: { token: 7 } });
		await refuse({ auth: { token: g.sign({ userId: person.id, sid: person.session, type: 'access' }, { secret: 'x'.repeat(32) }) } });
		await refuse({ auth: { token: g.token(person, { exp: now - 1 }) } });
		await refuse({ auth: { token: g.token(person, { type: 'refresh' }) } });
		await refuse({ auth: { token: g.sign({ userId: person.id, sid: person.session, type: 'access' }, { alg: 'none' }) } });
		await refuse({ auth: { token: g.sign({ userId: person.id, sid: person.session, type: 'access' }, { alg: 'HS512' }) } });
		await refuse({ auth: { token: g.token(idle) } });
		await refuse({ auth: { token: g.token({ ...person, id: randomUUID() }) } });
		await refuse({ auth: { token: g.token(gone) } });
		await refuse({ auth: { token: g.token(person, { sid: stranger.session }) } });
		await refuse({ auth: { token: 'garbage' }, query: { demo: 'true' } });
		await refuse({ transports: ['polling'], auth: { token: 'garbage' } });
	});

	await suite.test('a refused client may try again on the same connection', async () => {
		const c = g.client({ transports: ['websocket'], auth: { token: 'garbage' } });
		await c.refused();
		c.error = null;
		c.socket.auth = { token: g.token(person) };
		c.socket.connect();
		await c.connected();
		c.close();
	});

	await suite.test('another namespace: Invalid namespace', async () => {
		const c = g.client({ transports: ['websocket'] });
		const other = c.socket.io.socket('/printers');
		const message = await new Promise((done) => other.on('connect_error', (e) => done(e.message)));
		assert.equal(message, 'Invalid namespace');
		c.close();
	});

	await suite.test('a page: cookie and CSRF token, never the cookie alone', async () => {
		const { cookie, csrf } = g.page(person), headers = { cookie, origin: g.base };
		const c = g.client({ transports: ['polling', 'websocket'], extraHeaders: headers, auth: { csrf } });
		await c.connected();
		assert.equal(c.all('connected')[0].user.id, person.id);
		await until('upgraded', () => c.socket.io.engine.transport.name === 'websocket');
		c.close();
		await refuse({ extraHeaders: headers });
		await refuse({ extraHeaders: headers, auth: { csrf: 'f'.repeat(64) } });
		await refuse({ extraHeaders: headers, auth: { csrf: g.page(viewer).csrf } });
		await refuse({ auth: { csrf } });
		await refuse({ extraHeaders: { cookie: `platen=${g.token(person)}`, origin: g.base }, auth: { csrf } });
	});

	await suite.test('R-183 subscribe:status: current state, then changes; the default printer only', async () => {
		const c = await g.connect(person), quiet = await g.connect(person);
		assert.deepEqual(await c.ask('subscribe:status'), { success: true });
		const now = await c.next('status:current');
		assert.equal(now.printerId, printer);
		assert.equal(now.state, 'idle');
		assert.equal(now.currentJob, null);
		assert.deepEqual(await c.next('status:update'), now);
		c.forget();
		g.report(second, { hotend: 51 });
		g.report(printer, { hotend: 60, x: 1, y: 2, z: 3, e: 4 });
		const s = await c.next('status:update', (d) => d.temperatures.hotend.actual === 60);
		assert.deepEqual(s.position, { x: 1, y: 2, z: 3, e: 4 });
		const p = await c.next('position:update', (d) => d.z === 3);
		assert.deepEqual([p.x, p.y, p.e, p.printerId, typeof p.timestamp], [1, 2, 4, printer, 'number']);
		assert.ok(c.all('status:update').every((d) => d.printerId === printer));
		assert.equal(quiet.all('status:update').length, 0);
		await c.ask('unsubscribe:status');
		c.forget();
		g.report(printer, { hotend: 61 });
		await g.connect(person).then((d) => d.ask('subscribe:status').then(() => d.next('status:update', (x) => x.temperatures.hotend.actual === 61)).then(() => d.close()));
		assert.equal(c.all('status:update').length, 0);
		c.close();
		quiet.close();
	});

	await suite.test('S-026 subscribe with printerId, several printers, all; foreign ones do not exist', async () => {
		const c = await g.connect(person);
		assert.equal((await c.ask('subscribe:status', { printerId: foreign })).error.code, 'NOT_FOUND');
		assert.equal((await c.ask('subscribe:temperature', { printerId: randomUUID() })).error.code, 'NOT_FOUND');
		assert.equal((await c.ask('subscribe:status', { printerId: 5 })).error.code, 'VALIDATION_ERROR');
		assert.equal((await c.ask('subscribe:status', 'x')).error.code, 'VALIDATION_ERROR');
		assert.deepEqual(c.all('error').map((e) => e.code), ['NOT_FOUND', 'NOT_FOUND', 'VALIDATION_ERROR', 'VALIDATION_ERROR']);
		await c.ask('subscribe:status', { printerId: second });
		assert.equal((await c.next('status:current')).printerId, second);
		assert.equal(c.all('status:current').length, 1);
		c.forget();
		await c.ask('subscribe:status', { printerId: 'all' });
		await until('both', () => c.all('status:current').length === 2);
		g.report(printer, { hotend: 62 });
		g.report(second, { hotend: 63 });
		await c.next('status:update', (d) => d.printerId === printer && d.temperatures.hotendTemp === 62);
		await c.next('status:update', (d) => d.printerId === second && d.temperatures.hotendTemp === 63);
		c.close();
	});

	await suite.test('R-184 subscribe:temperature: actual and target, flat and nested, milliseconds', async () => {
		const c = await g.connect(viewer);
		await c.ask('subscribe:temperature');
		await c.next('temperature:current');
		g.report(printer, { hotend: 199.5, hotend_target: 200, bed: 59.9, bed_target: 60, chamber: 30, chamber_target: 0 });
		const t = await c.next('temperature:update', (d) => d.hotend.actual === 199.5);
		assert.deepEqual(t.hotend, { actual: 199.5, target: 200 });
		assert.deepEqual(t.bed, { actual: 59.9, target: 60 });
		assert.deepEqual(t.chamber, { actual: 30, target: 0 });
		assert.deepEqual([t.hotendTemp, t.hotendTarget, t.bedTemp, t.bedTarget, t.chamberTemp], [199.5, 200, 59.9, 60, 30]);
		assert.ok(Math.abs(t.timestamp - Date.now()) < 60000);
		assert.equal(t.printerId, printer);
		c.close();
	});

	await suite.test('values come at most twice a second, and at least every ten', async () => {
		const c = await g.connect(person);
		await c.ask('subscribe:status');
		await c.ask('subscribe:temperature');
		c.forget();
		const began = Date.now();
		for (let i = 0; i < 25; i++)
			g.report(printer, { hotend: 100 + i });
		await c.next('status:update', (d) => d.temperatures.hotend.actual === 124);
		await c.next('temperature:update', (d) => d.hotend.actual === 124);
		const most = 2 + Math.ceil((Date.now() - began) / 480);
		assert.ok(c.all('status:update').length <= most, `${c.all('status:update').length} > ${most}`);
		assert.ok(c.all('temperature:update').length <= most);
		c.forget();
		await c.next('status:update', () => true, 11);
		c.close();
	});

	await suite.test('R-186 R-187 R-192 a print: started, progress, paused, resumed, completed', async () => {
		const c = await g.connect(viewer), demo = g.client({ transports: ['websocket'], query: { demo: 'true' } });
		await demo.connected();
		await c.ask('subscribe:status');
		const job = g.job(printer, { user: person.id });
		g.event(job, 'preparing');
		g.event(job, 'printing');
		const started = await c.next('print:started');
		assert.equal(started.jobId, job.id);
		assert.equal(started.printerId, printer);
		assert.equal(started.job.id, job.id);
		assert.equal(started.job.status, 'PRINTING');
		assert.equal(started.job.user.username, 'olga');
		assert.match(started.timestamp, /Z$/);
		assert.equal('reason' in started, false);
		const figures = { state: 'printing', job_id: job.id, attempt_id: job.attempt, progress: 12.5, layer: 3, layers: 10,
			elapsed_sec: 75, remaining_sec: 525 };
		g.report(printer, figures);
		const p = await c.next('progress:update', (d) => d.percentage === 12.5);
		assert.deepEqual({ ...p, timestamp: 0 }, { jobId: job.id, printerId: printer, percentage: 12.5, progress: 12.5, currentLayer: 3,
			totalLayers: 10, timeElapsed: 75, timeRemaining: 525, estimatedTime: 600, timestamp: 0 });
		assert.deepEqual(await demo.next('progress:update', (d) => d.percentage === 12.5), { percentage: 12.5, timeRemaining: 525 });
		const s = await c.next('status:update', (d) => d.currentJob?.progress === 12.5);
		assert.equal(s.state, 'printing');
		assert.equal(s.currentJob.file.originalName, 'part.gcode');
		c.forget();
		const began = Date.now();
		for (let i = 13; i < 40; i++)
			g.report(printer, { ...figures, progress: i });
		await c.next('progress:update', (d) => d.percentage === 39);
		assert.ok(c.all('progress:update').length <= 2 + Math.ceil((Date.now() - began) / 980));
		g.event(job, 'paused', { reason: 'user', text: 'by hand', x: 1, y: 2, z: 3, e: 4 });
		assert.equal((await c.next('print:paused')).job.status, 'PAUSED');
		await c.next('status:update', (d) => d.state === 'paused', 12);
		g.event(job, 'resumed');
		await c.next('print:resumed');
		g.event(job, 'completed', { elapsed: 600, filamentFraction: 1, lastNumber: 1000 });
		assert.equal((await c.next('print:completed')).job.status, 'COMPLETED');
		const order = c.seen.filter((e) => e.name.startsWith('print:')).map((e) => e.name);
		assert.deepEqual(order, ['print:paused', 'print:resumed', 'print:completed']);
		assert.equal(demo.seen.filter((e) => e.name.startsWith('print:')).length, 0);
		c.close();
		demo.close();
	});

	await suite.test('R-192 R-193 failed with its reason, cancelled; alerts to users, not to demo', async () => {
		const c = await g.connect(person), demo = g.client({ transports: ['websocket'], query: { demo: 'true' } });
		await demo.connected();
		let job = g.job(printer, { user: person.id });
		g.event(job, 'printing');
		g.event(job, 'failed', { category: 'ThermalRunaway', reason: 'Heating failed', elapsed: 10, lastNumber: 5 });
		const failed = await c.next('print:failed');
		assert.equal(failed.reason, 'Heating failed');
		assert.equal(failed.job.errorMessage, 'Heating failed');
		const alert = await c.next('alert');
		assert.deepEqual([alert.type, alert.title, alert.metadata.jobId], ['critical', 'Print failed', job.id]);
		assert.ok(alert.id && alert.message && alert.timestamp);
		assert.equal(demo.all('alert').length, 0);
		g.sql(`UPDATE printers SET attention = NULL, plate = 'clear' WHERE id = '${printer}'`);
		job = g.job(printer, { user: person.id });
		g.event(job, 'printing');
		g.event(job, 'cancelled', { elapsed: 10, lastNumber: 5 });
		assert.equal((await c.next('print:cancelled')).job.status, 'CANCELLED');
		c.close();
		demo.close();
	});

	await suite.test('R-199 an event is on the wire within 500 ms, a burst complete and in order', async () => {
		const c = await g.connect(person);
		const began = Date.now();
		g.emit('alert', g.org, null, { id: 'first' });
		await c.next('alert', (a) => a.id === 'first');
		assert.ok(Date.now() - began < 500, `${Date.now() - began} ms, starting psql included`);
		g.sql(`SET ROLE platen_service; SELECT spool.emit('alert', '${g.org}', NULL, jsonb_build_object('n', n)) FROM generate_series(1, 700) n`);
		await until('all', () => c.all('alert').filter((a) => a.n).length === 700);
		assert.deepEqual(c.all('alert').filter((a) => a.n).map((a) => a.n), [...Array(700).keys()].map((n) => n + 1));
		c.close();
	});

	await suite.test('R-195 user events reach every socket of the user and nobody else', async () => {
		const a = await g.connect(person), b = await g.connect(person, { transports: ['polling'] }), v = await g.connect(viewer);
		g.sql(`SET ROLE platen_service; SELECT spool.notify_user('${person.id}', '${g.org}', 'INFO', 'Title', 'Text', NULL)`);
		for (const c of [a, b]) {
			const n = await c.next('notification');
			assert.deepEqual([n.title, n.message, n.isRead, n.type], ['Title', 'Text', false, 'INFO']);
		}
		assert.equal(v.all('notification').length, 0);
		const job = g.job(printer, { user: person.id });
		g.emit('file:uploaded', g.org, person.id, { fileId: job.file });
		const f = await a.next('file:uploaded');
		assert.deepEqual([f.id, f.originalName, f.fileType, f.fileSize, f.user.username], [job.file, 'part.gcode', 'GCODE', 1000, 'olga']);
		g.emit('file:processed', g.org, person.id, { fileId: job.file, operation: 'analyze', success: true });
		assert.equal((await a.next('file:processed')).operation, 'analyze');
		g.event(job, 'printing');
		g.event(job, 'cancelled', {});
		[a, b, v].forEach((c) => c.close());
	});

	await suite.test('R-194 uploads are relayed to the same user\'s other sockets', async () => {
		const a = await g.connect(person), b = await g.connect(person), v = await g.connect(viewer);
		a.emit('file:upload:start', { fileName: 'x.stl', size: 1000 });
		const { uploadId } = await a.next('file:upload:ready');
		a.emit('file:upload:progress', { uploadId, loaded: 250, total: 1000, evil: '<script>' });
		assert.deepEqual(await b.next('file:upload:progress'), { uploadId, loaded: 250, total: 1000, percentage: 25 });
		a.emit('file:upload:complete', { uploadId });
		assert.equal((await b.next('file:upload:progress', (d) => d.percentage === 100)).uploadId, uploadId);
		a.emit('file:upload:progress', { loaded: 1 });
		assert.equal((await a.next('error')).code, 'VALIDATION_ERROR');
		assert.equal(a.all('file:upload:progress').length, 0);
		assert.equal(v.all('file:upload:progress').length, 0);
		[a, b, v].forEach((c) => c.close());
	});

	await suite.test('pages are told what to fetch again', async () => {
		const c = await g.connect(person), x = await g.connect(stranger);
		g.sql(`UPDATE printers SET attention = 'thermal' WHERE id = '${second}'`);
		g.report(second, { state: 'error' });
		for (const part of ['printer', 'fleet'])
			assert.equal((await c.next('page:changed', (d) => d.part === part)).printerId, second);
		g.sql(`NOTIFY platen, 'job ${printer}'`);
		await c.next('page:changed', (d) => d.part === 'jobs');
		assert.equal(x.all('page:changed').length, 0);
		c.close();
		x.close();
	});

	await suite.test('R-196 S-026 organisations never see each other', async () => {
		const mine = await g.connect(person), theirs = await g.connect(stranger);
		for (const c of [mine, theirs]) {
			await c.ask('subscribe:status', { printerId: 'all' });
			await c.ask('subscribe:temperature', { printerId: 'all' });
		}
		mine.forget();
		theirs.forget();
		const job = g.job(foreign, { org: otherOrg, user: stranger.id });
		g.event(job, 'printing');
		g.report(foreign, { hotend: 201, job_id: job.id, attempt_id: job.attempt, progress: 5, state: 'printing' });
		g.emit('alert', otherOrg, null, { id: 'secret' });
		await theirs.next('print:started');
		await theirs.next('progress:update', (d) => d.percentage === 5);
		await theirs.next('temperature:update', (d) => d.hotendTemp === 201);
		await theirs.next('alert');
		assert.deepEqual(mine.seen.filter((e) => JSON.stringify(e).includes(foreign) || e.name === 'alert' || e.name.startsWith('print:')), []);
		assert.ok(theirs.seen.every((e) => !JSON.stringify(e).includes(printer)));
		mine.close();
		theirs.close();
	});

	await suite.test('S-026 no spelling of a subscription reaches another\'s printer', async () => {
		const odd = ['*', '%', '#', '', 'ALL', `all,${foreign}`, `${printer},${foreign}`, `${printer}/../${foreign}`, ` ${foreign}`, `{${foreign}}`, foreign.replaceAll('-', ''),
			`printer:${foreign}`, `org:${otherOrg}`, otherOrg, stranger.id, foreign.toUpperCase(), [foreign], [printer, foreign], ['all'], { id: foreign }, { printerId: foreign }, -1, 0, 2 ** 31, 2 ** 53, 1e308, true];
		const all = [];
		while (odd.length > 0) { // few for one socket: more than that at once is a flood
			const c = await g.connect(person);
			all.push(c);
			for (const printerId of odd.splice(0, 10))
				for (const event of ['subscribe:status', 'subscribe:temperature'])
					assert.match((await c.ask(event, { printerId })).error?.code ?? 'taken', /^(NOT_FOUND|VALIDATION_ERROR)$/, `${event} ${JSON.stringify(printerId)}`);
		}
		for (const event of ['join', 'room', 'subscribe', 'subscribe:*', 'subscribe:status:*', `subscribe:${foreign}`])
			all[0].socket.emit(event, { printerId: foreign, room: foreign, organizationId: otherOrg });
		const theirs = await g.connect(stranger);
		await theirs.ask('subscribe:status', { printerId: foreign });
		for (const c of all) {
			await c.ask('subscribe:status', { printerId: printer });
			c.forget();
		}
		for (let i = 0; i < 5; i++) {
			g.report(foreign, { hotend: 90 + i });
			g.emit('alert', otherOrg, null, { id: `canary-${i}` });
			await theirs.next('status:update', (d) => d.temperatures.hotendTemp === 90 + i);
			await theirs.next('alert', (d) => d.id === `canary-${i}`);
		}
		g.report(printer, { hotend: 64 });
		for (const c of all) {
			await c.next('status:update', (d) => d.temperatures.hotendTemp === 64);
			assert.deepEqual(c.seen.filter((e) => JSON.stringify(e).includes(foreign) || e.name === 'alert'), []);
			c.close();
		}
		theirs.close();
	});

	await suite.test('R-179 demo: reduced state of the default organisation, nothing else', async () => {
		const demo = g.client({ transports: ['websocket'], query: { demo: 'true' } });
		await demo.connected();
		assert.deepEqual([demo.all('connected')[0].isDemo, demo.all('connected')[0].user], [true, null]);
		const job = g.job(printer, { user: person.id });
		g.event(job, 'printing');
		g.report(printer, { state: 'printing', job_id: job.id, attempt_id: job.attempt, progress: 44, remaining_sec: 11 });
		await demo.ask('subscribe:status');
		const s = await demo.next('status:update', (d) => d.currentJob?.progress === 44);
		assert.deepEqual(s.currentJob, { progress: 44, timeRemaining: 11 });
		assert.equal(s.state, 'printing');
		await demo.ask('subscribe:temperature');
		await demo.next('temperature:current');
		for (const name of ['control:pause', 'control:emergency', 'control:command', 'file:upload:start'])
			assert.equal((await demo.ask(name, { command: 'M105' })).error.code, 'FORBIDDEN');
		assert.equal((await demo.ask('subscribe:status', { printerId: second })).error.code, 'NOT_FOUND');
		assert.equal((await demo.ask('subscribe:status', { printerId: 'all' })).error.code, 'NOT_FOUND');
		g.event(job, 'cancelled', {});
		demo.close();
	});

	await suite.test('revoked sessions are closed at once, unannounced ones within 5 s', async () => {
		const p = g.person('rita');
		const one = await g.connect(p), other = await g.connect({ ...p, session: g.session(p.id) }, { transports: ['polling'] });
		g.sql(`SELECT auth.close_session('${p.session}')`);
		await until('closed', () => one.reason, 2);
		assert.equal(one.reason, 'io server disconnect');
		assert.equal(other.reason, null);
		one.forget();
		g.sql(`DELETE FROM sessions WHERE user_id = '${p.id}'`);
		await until('closed', () => other.reason, 5);
		g.emit('alert', g.org, null, { id: 'late' });
		const three = await g.connect(person);
		assert.equal(one.seen.length, 0);
		three.close();
		const q = g.person('quinn'), c = await g.connect(q);
		g.sql(`UPDATE users SET is_active = false WHERE id = '${q.id}'`);
		await until('closed', () => c.reason, 5);
		assert.equal(c.reason, 'io server disconnect');
	});

	await suite.test('a changed role counts within 5 s', async () => {
		const p = g.person('rolf', { role: 'VIEWER' }), c = await g.connect(p);
		g.sql(`UPDATE users SET role = 'OPERATOR' WHERE id = '${p.id}'`);
		await until('the role', async () => (await c.ask('control:command', { command: 7 })).error.code === 'VALIDATION_ERROR', 5);
		c.close();
	});

	await suite.test('more sockets than a user may have are refused', async () => {
		const p = g.person('max');
		const all = await Promise.all([...Array(6)].map(() => g.connect(p)));
		await refuse({ auth: { token: g.token(p) } }, 'Too many connections');
		all[0].close();
		await until('a place is free', async () => {
			const c = g.client({ transports: ['websocket'], auth: { token: g.token(p) } });
			await until('an answer', () => c.error || c.all('connected').length);
			c.close();
			return !c.error;
		});
		all.forEach((c) => c.close());
	});

	await suite.test('SIGHUP: the new configuration counts, sockets stay, an error in the file changes nothing', async () => {
		const kept = readFileSync(g.configFile, 'utf8'), pid = g.services.live.pid, c = await g.connect(person);
		const p = g.person('mini');
		const hup = async (text, said) => {
			const times = () => g.log('live').split(said).length, n = times();
			writeFileSync(g.configFile, text);
			g.services.live.kill('SIGHUP');
			await until(said, () => times() > n, 10);
		};
		const other = await g.connect(p);
		await hup(kept.replace(/live\.max_per_user = \d+/, 'live.max_per_user = 1'), 'the configuration was read again');
		await refuse({ auth: { token: g.token(p) } }, 'Too many connections');
		await hup(kept.replace(/jwt_refresh_secret = .*/, `jwt_refresh_secret = ${g.config['auth.jwt_secret']}`), 'the configuration stays as it was');
		await refuse({ auth: { token: g.token(p) } }, 'Too many connections');
		await hup(kept, 'the configuration was read again');
		const second = await g.connect(p);
		assert.deepEqual(await c.ask('activity'), { success: true });
		assert.equal(c.reason, null, 'connected all the time');
		assert.equal(g.services.live.pid, pid);
		for (const one of [c, other, second])
			one.close();
	});

	await suite.test('unknown events are ignored, binary ones too', async () => {
		const c = await g.connect(person);
		c.emit('nonsense', { a: [1, 2, 3] });
		c.emit('nonsense', Buffer.from([1, 2, 3]), { b: Buffer.from([4]) });
		assert.deepEqual(await c.ask('activity'), { success: true });
		assert.equal(c.reason, null);
		c.close();
	});
}
