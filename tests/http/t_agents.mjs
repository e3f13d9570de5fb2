// SPDX-License-Identifier: Apache-2.0
// Agents of remote printers: keys, polls at once, commands that come too late, statuses in masses.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { until } from '../lib/stack.mjs';

const many = (n, act) => Promise.all(Array.from({ length: n }, (_, i) => act(i)));
const count = (answers, status) => answers.filter((a) => a.status === status).length;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const VASE = ';FLAVOR:Marlin\nG28\nG1 X10 Y10 Z0.2 F1200\nG1 X20 E1\n';

/** Engine.IO by polling: enough of a client to hear what is sent to a browser. */
class Listener {
	constructor(stack) {
		this.url = `${stack.url}/socket.io/?EIO=4&transport=polling`;
		this.heard = [];
	}

	async open(token) {
		const hello = await (await fetch(this.url)).text();
		this.url += `&sid=${JSON.parse(hello.slice(1)).sid}`;
		await this.say(`40${JSON.stringify({ token })}`);
		this.done = this.poll();
		await until('the socket is admitted', () => this.heard.some(([name]) => name === 'connected'));
		return this;
	}

	say(packet) {
		return fetch(this.url, { method: 'POST', body: packet, headers: { 'content-type': 'text/plain' } });
	}

	async poll() {
		while (!this.closed) {
			const answer = await fetch(this.url);
			if (answer.status !== 200)
				return;
			for (const packet of (await answer.text()).split('\x1e'))
				if (packet === '2')
					await this.say('3');
				else if (packet.startsWith('42'))
					this.heard.push(JSON.parse(packet.replace(/^42\d*/, '')));
		}
	}

	subscribe(what, printerId) {
		return this.say(`42${JSON.stringify([`subscribe:${what}`, { printerId }])}`);
	}

	one(name, fits) {
		return this.heard.find(([n, data]) => n === name && fits(data))?.[1];
	}

	async close() {
		this.closed = true;
		await this.say('41');
		await this.done;
	}
}

async function keyTests(suite, world) {
	const { stack } = world;
	const own = `pk_${randomUUID().replaceAll('-', '')}`, listed = `pk_${randomUUID().replaceAll('-', '')}`;
	const by = (key, method, path, json) => stack.call(method, path, { token: null, json, headers: { 'x-api-key': key } });
	const pending = '/api/printer-commands/pending?recipientId=default-recipient';
	stack.sql(`UPDATE organizations SET api_key_hash = '${sha256(own)}', api_key_prefix = '${own.slice(0, 12)}' WHERE id = '${stack.org}'`);
	stack.sql(`INSERT INTO api_keys (organization_id, name, scope, role, key_hash, key_prefix) VALUES
		('${stack.org}', 'a', 'agent', 'AGENT', '${sha256(listed)}', '${listed.slice(0, 12)}'),
		('${stack.org}', 'o', 'octoprint', 'OPERATOR', '${sha256('pk_octoprint')}', 'pk_octoprint')`);

	await suite.test('R-037 an agent polls and reports with its organisation\'s key', async () => {
		const printer = await world.printer('Keyed', { is_default: false });
		await world.made('/api/printer-commands', { printer_id: printer.id, command_type: 'home_all' });
		for (const key of [own, listed]) {
			const r = await by(key, 'GET', `${pending}&printerId=${printer.id}`);
			assert.equal(r.status, 200, r.text);
			assert.equal(r.json[0].command_type, 'home_all');
			const s = await by(key, 'POST', '/api/printer-status', { organizationId: stack.org, printer_id: printer.id, status: 'idle' });
			assert.equal(s.status, 201, s.text);
			assert.equal((await by(key, 'GET', `/api/printers?organizationId=${stack.org}`)).status, 200);
		}
		assert.deepEqual(stack.sql(`SELECT api_key_last_used_at IS NOT NULL FROM organizations WHERE id = '${stack.org}'`), [['t']]);
	});
	await suite.test('R-037 and gets 403 elsewhere', async () => {
		for (const key of [own, listed]) {
			for (const [method, path] of [['POST', '/api/printers'], ['POST', '/api/print-jobs'], ['POST', '/api/printer-commands'], ['POST', '/api/products']])
				assert.equal((await by(key, method, path, { organizationId: stack.org, name: 'x', product_id: stack.org, printer_id: stack.org, command_type: 'home_all' })).status, 403, path);
			assert.equal((await by(key, 'GET', `/api/printers?organizationId=${randomUUID()}`)).status, 403);
		}
	});
	await suite.test('R-037 with a token as well', async () => {
		const agent = world.tokens.agent;
		assert.equal((await stack.call('GET', pending, { token: agent })).status, 200);
		for (const [path, json] of [['/api/printers', { name: 'x' }], ['/api/printer-commands', { printer_id: stack.org, command_type: 'home_all' }]])
			assert.equal((await world.post(path, json, agent)).status, 403, path);
		assert.equal((await stack.call('GET', '/api/jobs', { token: agent })).status, 403);
	});
	await suite.test('keys that are unknown, revoked, over, of other interfaces or used elsewhere are refused', async () => {
		const refused = async (key, path = pending) => assert.equal((await by(key, 'GET', path)).status, 401, key);
		await refused('pk_nobody');
		await refused('pk_octoprint');
		await refused(own.slice(3));
		await refused(own, '/api/jobs');
		assert.equal((await by('pk_nobody', 'GET', pending)).json.error, 'Invalid token');
		stack.sql(`UPDATE api_keys SET revoked_at = now() WHERE name = 'a'`);
		await refused(listed);
		stack.sql(`UPDATE api_keys SET revoked_at = NULL, expires_at = now() - interval '1 second' WHERE name = 'a'`);
		await refused(listed);
		stack.sql(`UPDATE organizations SET api_key_hash = NULL WHERE id = '${stack.org}'`);
		await refused(own);
	});
}

async function commandTests(suite, world) {
	const { stack } = world;
	const printer = await world.printer('Busy agent', { recipient_id: 'busy', is_default: false });

	await suite.test('R-087 twenty polls at once: each command is handed out once', async () => {
		await many(60, (i) => world.made('/api/printer-commands', { printer_id: printer.id, command_type: 'custom_gcode', metadata: { gcode: `M117 ${i}` } }));
		const polls = await many(20, () => stack.call('GET', '/api/printer-commands/pending?recipientId=busy&claim=true&limit=7', { token: world.tokens.agent }));
		assert.equal(count(polls, 200), 20, polls.map((p) => p.text).find((t) => t.startsWith('{')));
		const ids = polls.flatMap((p) => p.json.map((c) => c.id));
		assert.equal(ids.length, 60);
		assert.equal(new Set(ids).size, 60);
		assert.ok(polls.every((p) => p.json.every((c) => c.status === 'sent' && c.sent_at !== null)));
	});
	await suite.test('R-088 a call that names no organisation shows only those in which the caller may take commands', async () => {
		const other = randomUUID(), [[olga]] = stack.sql(`SELECT id FROM users WHERE username = 'olga'`);
		stack.sql(`INSERT INTO organizations (id, name) VALUES ('${other}', 'Other')`);
		stack.sql(`INSERT INTO printers (id, organization_id, name) VALUES ('${other}', '${other}', 'Theirs')`);
		stack.sql(`INSERT INTO printer_commands (id, organization_id, printer_id, recipient_id, command_type)
			VALUES ('${other}', '${other}', '${other}', 'busy', 'home_all')`);
		const poll = async () => (await stack.call('GET', '/api/printer-commands/pending?recipientId=busy', { token: world.tokens.operator })).json.map((c) => c.id);
		const report = () => stack.call('PUT', `/api/printer-commands/${other}/status`, { token: world.tokens.operator, json: { status: 'sent' } });
		assert.deepEqual(await poll(), []);
		stack.sql(`INSERT INTO organization_members (organization_id, user_id, role) VALUES ('${other}', '${olga}', 'VIEWER')`);
		assert.deepEqual(await poll(), [], 'a viewer there');
		assert.equal((await report()).status, 404);
		stack.sql(`UPDATE organization_members SET role = 'OPERATOR' WHERE organization_id = '${other}'`);
		assert.deepEqual(await poll(), [other]);
		assert.equal((await report()).status, 200);
	});
	await suite.test('R-091 what is not finished in time is not executed later', async () => {
		const made = await many(2, () => world.made('/api/printer-commands', { printer_id: printer.id, command_type: 'home_all' }));
		stack.sql(`UPDATE printer_commands SET timeout_at = now() - interval '1 second' WHERE id IN ('${made[0].id}', '${made[1].id}')`);
		const poll = await stack.call('GET', '/api/printer-commands/pending?recipientId=busy&claim=true', { token: world.tokens.agent });
		assert.deepEqual(poll.json, []);
		const late = await stack.call('PUT', `/api/printer-commands/${made[0].id}/status`, { token: world.tokens.agent, json: { status: 'completed' } });
		assert.equal(`${late.status} ${late.json.error}`, '400 Cannot change command status from timeout to completed');
		await until('both have timed out', () => stack.sql(`SELECT count(*) FROM printer_commands
			WHERE id IN ('${made[0].id}', '${made[1].id}') AND status = 'timeout' AND completed_at IS NOT NULL`)[0][0] === '2', 45);
	});
	await suite.test('R-084 recipients: the printer\'s, else the organisation\'s, else the usual one', async () => {
		const nameless = await world.printer('Nameless', { is_default: false });
		const to = async (id) => (await world.made('/api/printer-commands', { printer_id: id, command_type: 'home_all' })).recipient_id;
		assert.equal(await to(printer.id), 'busy');
		assert.equal(await to(nameless.id), 'default-recipient');
		stack.sql(`UPDATE organizations SET default_recipient_id = 'ours' WHERE id = '${stack.org}'`);
		assert.equal(await to(nameless.id), 'ours');
		stack.sql(`UPDATE organizations SET default_recipient_id = NULL WHERE id = '${stack.org}'`);
	});
	await suite.test('R-090 a command that waits may be deleted while others are taken', async () => {
		const made = await many(10, () => world.made('/api/printer-commands', { printer_id: printer.id, command_type: 'home_x' }));
		const gone = await many(10, (i) => stack.call('DELETE', `/api/printer-commands/${made[i].id}?organizationId=${stack.org}`, { token: world.tokens.operator }));
		assert.equal(count(gone, 200), 10);
	});
}

async function jobTests(suite, world) {
	const { stack } = world;
	const file = await stack.upload('many.gcode', VASE);
	const printer = await world.printer('Many', { recipient_id: 'many', is_default: false });

	await suite.test('R-077 twenty sends of one job: one succeeds, one start_print waits', async () => {
		const job = await world.job(file);
		const answers = await many(20, () => world.send(job.id, printer.id));
		assert.equal(count(answers, 200), 1, answers.map((a) => a.text).join('\n'));
		assert.equal(count(answers, 400), 19);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM printer_commands WHERE metadata->>'job_id' = '${job.id}'`), [['1']]);
	});
	await suite.test('R-077 twenty cancels of one job: one succeeds', async () => {
		const job = await world.job(file);
		const answers = await many(20, () => world.post(`/api/print-jobs/${job.id}/cancel`));
		assert.equal(count(answers, 200), 1);
		assert.equal(count(answers, 400), 19);
	});
	await suite.test('R-077 a send and a cancel at once end in one of two ways', async () => {
		for (let i = 0; i < 5; i++) {
			const job = await world.job(file);
			const [sent, cancelled] = await Promise.all([world.send(job.id, printer.id), world.post(`/api/print-jobs/${job.id}/cancel`)]);
			assert.equal(cancelled.status, 200, cancelled.text);
			assert.ok([200, 400].includes(sent.status));
			assert.equal((await world.state(job.id)).status, 'cancelled');
			assert.deepEqual(stack.sql(`SELECT count(*) FROM printer_commands WHERE metadata->>'job_id' = '${job.id}' AND status = 'pending'`), [['0']]);
		}
	});
	await suite.test('R-071 a job\'s end reaches its creator and the history once', async () => {
		const job = await world.job(file);
		await world.put(`/api/print-jobs/${job.id}/status`, { status: 'printing' });
		const answers = await many(10, () => world.put(`/api/print-jobs/${job.id}/status`, { status: 'failed', failure_reason: 'jam' }));
		assert.equal(count(answers, 200), 1, answers.map((a) => a.text).join('\n'));
		assert.deepEqual(stack.sql(`SELECT event_type FROM print_events WHERE job_id = '${job.id}' ORDER BY timestamp, ctid`).flat(), ['CUSTOM', 'JOB_STARTED', 'JOB_FAILED']);
		assert.deepEqual(stack.sql(`SELECT count(*), max(type::text) FROM notifications WHERE metadata->>'jobId' = '${job.id}'`), [['1', 'PRINT_FAILED']]);
		assert.deepEqual(stack.sql(`SELECT coalesce(failure_category, 'none') FROM print_jobs WHERE id = '${job.id}'`), [['none']]); // its reason counts
	});
	return { file, printer };
}

async function statusTests(suite, world, { file, printer }) {
	const { stack } = world;
	const post = (json) => world.post('/api/printer-status', { printer_id: printer.id, ...json }, world.tokens.agent);

	await suite.test('R-099 a report reaches the browsers that asked for it', async () => {
		const job = await world.job(file);
		await world.send(job.id, printer.id);
		const ear = await new Listener(stack).open(world.tokens.viewer);
		for (const what of ['status', 'temperature', 'progress'])
			await ear.subscribe(what, printer.id);
		const r = await post({ status: 'printing', current_job_id: job.id, progress_percentage: 33.25, current_layer: 5, total_layers: 15, nozzle_temp_current: 203.5, nozzle_temp_target: 205, bed_temp_current: 58 });
		assert.equal(r.status, 201, r.text);
		const status = await until('status:update', () => ear.one('status:update', (d) => d.printerId === printer.id && d.state === 'printing'));
		assert.equal(status.temperatures.hotend.actual, 203.5);
		assert.equal(status.currentJob.id, job.id);
		await until('temperature:update', () => ear.one('temperature:update', (d) => JSON.stringify(d).includes('203.5')));
		const progress = await until('progress:update', () => ear.one('progress:update', (d) => d.printerId === printer.id && d.jobId === job.id));
		assert.equal(progress.percentage, 33.25);
		await until('print:started', () => ear.one('print:started', (d) => d.jobId === job.id));
		await post({ status: 'error', error_code: 'E42', error_message: 'door open' });
		const alert = await until('alert', () => ear.one('alert', (d) => d.metadata?.errorCode === 'E42'));
		assert.equal(alert.message, 'door open');
		await post({ status: 'error', error_code: 'E42' });
		assert.deepEqual(stack.sql(`SELECT count(*) FROM live_events WHERE topic = 'alert' AND payload->'metadata'->>'errorCode' = 'E42'`), [['1']], 'told once');
		await ear.close();
		await world.put(`/api/print-jobs/${job.id}/status`, { status: 'completed' });
	});
	await suite.test('R-096 only the printer\'s own job follows, and never into an end', async () => {
		const job = await world.job(file), elsewhere = await world.printer('Elsewhere', { is_default: false });
		await world.send(job.id, printer.id);
		await world.post('/api/printer-status', { printer_id: elsewhere.id, status: 'printing', current_job_id: job.id, progress_percentage: 77 }, world.tokens.agent);
		assert.equal((await world.state(job.id)).status, 'queued');
		await post({ status: 'PRINTING', current_job_id: job.id, progress_percentage: 5 });
		assert.equal((await world.state(job.id)).status, 'printing');
		await post({ status: 'completed', current_job_id: job.id, progress_percentage: 100 });
		assert.equal((await world.state(job.id)).status, 'printing');
		await world.put(`/api/print-jobs/${job.id}/status`, { status: 'completed' });
		await post({ status: 'printing', current_job_id: job.id, progress_percentage: 3 });
		assert.deepEqual(stack.sql(`SELECT status, progress_percentage FROM print_jobs WHERE id = '${job.id}'`), [['completed', '100.00']]);
	});
	await suite.test('R-096 reports on a printer and on its job at once do not hold each other up', async () => {
		const job = await world.job(file);
		await world.send(job.id, printer.id);
		await world.put(`/api/print-jobs/${job.id}/status`, { status: 'printing' });
		const answers = await many(60, (i) => (i % 3 === 0 ? post({ status: i % 2 ? 'paused' : 'printing', current_job_id: job.id, progress_percentage: i }) :
			i % 3 === 1 ? world.put(`/api/print-jobs/${job.id}/status`, { status: i % 2 ? 'printing' : 'paused', progress_percentage: i }) : post({ status: 'printing' })));
		assert.deepEqual([...new Set(answers.map((a) => a.status))].sort(), [200, 201], answers.find((a) => a.status > 299)?.text);
		await world.put(`/api/print-jobs/${job.id}/status`, { status: 'cancelled' });
	});
	await suite.test('R-101 of 1500 reports the newest 1000 stay', async () => {
		const talker = await world.printer('Talker', { is_default: false });
		const say = (i) => world.post('/api/printer-status', { printer_id: talker.id, status: 'printing', time_elapsed_seconds: i }, world.tokens.agent);
		for (let from = 0; from < 1500; from += 30)
			assert.equal(count(await many(30, (i) => say(from + i)), 201), 30);
		const rows = () => Number(stack.sql(`SELECT count(*) FROM printer_status WHERE printer_id = '${talker.id}'`)[0][0]);
		assert.ok(rows() >= 1000 && rows() < 1100, `the write path trims: ${rows()}`);
		for (let i = 1500; i < 1507; i++)
			assert.equal((await say(i)).status, 201);
		stack.sql('SELECT cleanup_old_printer_status()');
		assert.equal(rows(), 1000);
		const [[oldest, newest]] = stack.sql(`SELECT min(time_elapsed_seconds), max(time_elapsed_seconds) FROM printer_status WHERE printer_id = '${talker.id}'`);
		assert.equal(newest, '1506');
		assert.ok(Number(oldest) >= 470 && Number(oldest) <= 507, oldest); // thirty at once have no order
		const r = await world.get(`/api/printer-status/history/${talker.id}?limit=5000`);
		assert.equal(r.json.length, 1000);
		assert.equal(r.headers.get('x-total-count'), '1000');
		assert.equal((await world.get(`/api/printer-status/history/${talker.id}`)).json.length, 100);
	});
}

export async function agentTests(suite, world) {
	await keyTests(suite, world);
	await commandTests(suite, world);
	await statusTests(suite, world, await jobTests(suite, world));
}
