// SPDX-License-Identifier: Apache-2.0
// control:* through nginx's internal listener and the real API; sockets through nginx.
import assert from 'node:assert/strict';
import { until } from './gateway.mjs';

export async function controlTests(suite, g) {
	const person = g.person('carl'), viewer = g.person('vito', { role: 'VIEWER' });
	const printer = g.printer('P1', { isDefault: true });
	const keep = setInterval(() => g.report(printer, { state: g.state ?? 'idle' }), 5000);
	g.report(printer);
	// The spooler's part: what it takes from printer_commands it answers.
	const command = () => until('a command', () => {
		const [row] = g.sql(`SELECT id, command_type, coalesce(metadata ->> 'gcode', metadata ->> 'command') FROM printer_commands
			WHERE status IN ('pending', 'sent') ORDER BY created_at LIMIT 1`);
		return row && { id: row[0], type: row[1], text: row[2] };
	});
	const done = (c, result) => g.sql(`UPDATE printer_commands SET status = 'executing' WHERE id = '${c.id}';
		UPDATE printer_commands SET status = 'completed', result = '${result}', completed_at = now() WHERE id = '${c.id}';
		NOTIFY platen, 'done ${c.id}'`);

	await suite.test('the stock client through nginx: polling, upgrade, origin', async () => {
		const io = { auth: { token: g.token(person) }, extraHeaders: { origin: g.url } };
		const through = Object.create(g, { base: { value: g.url } });
		const c = through.client({ transports: ['polling', 'websocket'], ...io });
		await c.connected();
		await until('upgraded', () => c.socket.io.engine.transport.name === 'websocket');
		await c.ask('subscribe:status');
		await c.next('status:current');
		c.close();
		const page = g.page(person);
		const p = through.client({ transports: ['polling', 'websocket'], auth: { csrf: page.csrf },
			extraHeaders: { cookie: page.cookie, origin: g.url } });
		await p.connected();
		await until('upgraded', () => p.socket.io.engine.transport.name === 'websocket');
		p.close();
	});

	await suite.test('R-191 control:command is sent, acknowledged and answered', async () => {
		const c = await g.connect(person);
		const asked = c.ask('control:command', { command: 'M105' });
		const sent = await command();
		assert.equal(sent.type, 'custom_gcode');
		done(sent, 'ok T:21.5 /0.0');
		const ack = await asked;
		assert.equal(ack.success, true, JSON.stringify(ack));
		assert.equal(ack.data.response, 'ok T:21.5 /0.0');
		assert.deepEqual(await c.next('command:response'), { gcode: 'M105', response: 'ok T:21.5 /0.0' });
		assert.deepEqual(await c.next('control:response'), { action: 'command', success: true });
		c.close();
	});

	await suite.test('the API\'s refusals arrive as they are', async () => {
		const c = await g.connect(person);
		const bad = await c.ask('control:command', { gcode: 'x'.repeat(200) });
		assert.equal(bad.success, false);
		assert.equal(bad.error.code, 'VALIDATION_ERROR');
		const idle = await c.ask('control:pause');
		assert.equal(idle.error.code, 'INVALID_STATE');
		assert.equal((await c.next('control:response', (r) => r.action === 'pause')).error.code, 'INVALID_STATE');
		assert.ok(c.all('error').length >= 2);
		const none = await c.ask('control:pause', { printerId: '00000000-0000-4000-8000-000000000000' });
		assert.equal(none.error.code, 'NOT_FOUND');
		assert.equal((await c.ask('control:pause', { printerId: 'x' })).error.code, 'VALIDATION_ERROR');
		assert.equal((await c.ask('control:command', {})).error.code, 'VALIDATION_ERROR');
		c.close();
	});

	await suite.test('R-188 OPERATOR pauses, resumes and stops a job', async () => {
		const c = await g.connect(person);
		const job = g.job(printer, { user: person.id });
		g.event(job, 'printing');
		for (const [event, type, kind, told] of [['control:pause', 'pause_print', 'paused', 'print:paused'],
			['control:resume', 'resume_print', 'resumed', 'print:resumed'], ['control:stop', 'cancel_print', 'cancelled', 'print:cancelled']]) {
			const asked = c.ask(event);
			const sent = await command();
			assert.equal(sent.type, type);
			g.event(job, kind, { reason: 'user', text: 'x' });
			done(sent, 'ok');
			const ack = await asked;
			assert.equal(ack.success, true, JSON.stringify(ack));
			await c.next(told);
		}
		c.close();
	});

	await suite.test('R-189 VIEWER controls nothing', async () => {
		const c = await g.connect(viewer);
		for (const name of ['pause', 'resume', 'stop', 'emergency', 'command'])
			assert.equal((await c.ask(`control:${name}`, { command: 'M105' })).error.code, 'FORBIDDEN');
		assert.equal(g.one('SELECT count(*) FROM printer_commands WHERE status = \'pending\''), '0');
		c.close();
	});

	await suite.test('R-190 emergency without a spooler: the API says offline, at once', async () => {
		const c = await g.connect(person);
		const ack = await c.ask('control:emergency');
		assert.equal(ack.error.code, 'PRINTER_OFFLINE');
		c.close();
	});

	await suite.test('no API: SERVICE_UNAVAILABLE', async () => {
		const c = await g.connect(person);
		await g.services.nginx.stop();
		assert.equal((await c.ask('control:pause')).error.code, 'SERVICE_UNAVAILABLE');
		c.close();
	});
	clearInterval(keep);
}
