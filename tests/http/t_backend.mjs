// SPDX-License-Identifier: Apache-2.0
// P-08's hand-over to an external printer backend: a real HTTPS server with a certificate of its own.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { freePort, program, SOURCE, until } from '../lib/stack.mjs';

const GCODE = ';FLAVOR:Marlin\n;Filament used: 1.5m\n;Layer height: 0.2\nG28\nG1 X10 Y10 Z0.2 F1200\nG1 X20 E1\n';

function certificate(dir, name) {
	const key = join(dir, `${name}.key`), cert = join(dir, `${name}.pem`);
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
		'-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'pipe' });
	return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
}

/** Remembers what it is asked and answers as `next` says. */
class Backend {
	constructor({ key, cert }) {
		this.asked = [];
		this.next = (rq, rs) => this.ok(rs);
		this.server = createServer({ key, cert }, (rq, rs) => {
			const chunks = [];
			rq.on('data', (c) => chunks.push(c));
			rq.on('end', () => {
				this.asked.push({ method: rq.method, url: rq.url, headers: rq.headers, text: Buffer.concat(chunks).toString() });
				this.next(rq, rs);
			});
		});
		this.server.on('tlsClientError', () => {}); // who does not trust us hangs up
	}

	ok(rs, body = '{"success":true,"queuePosition":1}', status = 200) {
		rs.writeHead(status, { 'content-type': 'application/json' });
		rs.end(body);
	}

	async listen() {
		this.port = await freePort();
		await new Promise((done) => this.server.listen(this.port, '127.0.0.1', done));
		this.url = `https://127.0.0.1:${this.port}`;
		return this;
	}

	close() {
		this.server.closeAllConnections();
		return new Promise((done) => this.server.close(done));
	}
}

export async function backendTests(suite, world) {
	const { stack } = world;
	const trusted = certificate(stack.dir, 'backend'), backend = await new Backend(trusted).listen();
	const file = await stack.upload('handover.gcode', GCODE);
	await until('the file is analysed', () => stack.sql(`SELECT analysis IS NOT NULL FROM files WHERE id = '${file}'`)[0][0] === 't');
	const printer = await world.printer('Cloud', { model: 'X1 Carbon', ip_address: '192.168.1.100', access_code: 'c0de-c0de', recipient_id: 'cloud', is_default: false });
	const fresh = async (answer) => {
		backend.asked.length = 0;
		backend.next = (rq, rs) => answer(rs, rq);
		return (await world.job(file, { priority: 'high', plates_requested: 2, ams_configuration: { enabled: true, slots: [] } })).id;
	};
	const backendOk = (rs) => backend.ok(rs);
	await world.settings({ 'printer_backend.url': `${backend.url}/`, 'printer_backend.ca_file': trusted.file,
		'printer_backend.timeout': '2s', 'printer_backend.api_key': 'secret-of-platen' });

	await suite.test('R-063 the payload has every field, and the caller\'s token goes with it', async () => {
		const job = await fresh(backendOk), r = await world.send(job, printer.id);
		assert.equal(r.status, 200, r.text);
		assert.equal(backend.asked.length, 1);
		const [{ method, url, headers, text }] = backend.asked, p = JSON.parse(text);
		assert.equal(`${method} ${url}`, 'POST /sendPrintJob');
		assert.equal(headers['content-type'], 'application/json');
		assert.equal(headers.authorization, `Bearer ${world.tokens.operator}`);
		assert.equal(headers['idempotency-key'], job);
		assert.equal(headers['x-api-key'], 'secret-of-platen');
		assert.deepEqual({ ...p, gcode_file: { ...p.gcode_file, url: null } }, {
			job_id: job, product_id: file, product_name: 'handover.gcode',
			printer_target: { printer_id: printer.id, printer_name: 'Cloud', printer_model: 'X1 Carbon', ip_address: '192.168.1.100', access_code: 'c0de-c0de' },
			gcode_file: { url: null, file_name: 'handover.gcode', size_bytes: GCODE.length },
			print_parameters: { plates_requested: 2, priority: 'high', gcode_details: { print_time_seconds: p.print_parameters.gcode_details.print_time_seconds,
				filament_usage_grams: p.print_parameters.gcode_details.filament_usage_grams, nozzle_size_mm: 0.4, layer_height_mm: 0.2 },
			ams_configuration: { enabled: true, slots: [] } },
			recipient_id: 'cloud' });
		assert.ok(p.print_parameters.gcode_details.print_time_seconds > 0);
		assert.ok(p.print_parameters.gcode_details.filament_usage_grams > 4);
	});
	await suite.test('R-064 the G-code\'s address needs no token and expires', async () => {
		await world.send(await fresh(backendOk), printer.id);
		const { url } = JSON.parse(backend.asked[0].text).gcode_file;
		const got = await fetch(url);
		assert.equal(got.status, 200);
		assert.equal(await got.text(), GCODE);
		const expires = Number(new URL(url).searchParams.get('expires')), now = Date.now() / 1000;
		assert.ok(expires > now + 3590 && expires <= now + 7200, `${expires - now} s`); // rounded up to the hour
		for (const wrong of [url.replace(`expires=${expires}`, `expires=${expires + 3600}`), url.replace(/sig=.../, 'sig=000')])
			assert.ok([401, 403].includes((await fetch(wrong)).status), wrong);
	});
	await suite.test('R-065 what it took is queued, and its answer is passed on', async () => {
		const job = await fresh((rs) => backend.ok(rs, '{"id":"b-1","nested":{"n":[1,null]}}', 202)), r = await world.send(job, printer.id);
		assert.equal(r.status, 200, r.text);
		assert.deepEqual(r.json, { message: 'Job sent to printer backend', success: true, jobId: job, printerId: printer.id, backendResponse: { id: 'b-1', nested: { n: [1, null] } } });
		const row = await world.state(job);
		assert.equal(row.status, 'queued');
		assert.equal(row.printer_id, printer.id);
		assert.ok(row.queued_at);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM printer_commands WHERE metadata->>'job_id' = '${job}'`), [['0']], 'no agent is asked too');
	});
	await suite.test('R-065 an answer that is no JSON object is null', async () => {
		for (const body of ['', 'fine', '[1]', `{"a":"${'x'.repeat(300000)}"}`, '{"a":1,"a":2}']) {
			const r = await world.send(await fresh((rs) => backend.ok(rs, body)), printer.id);
			assert.equal(r.status, 200, r.text);
			assert.equal(r.json.backendResponse, null);
		}
	});
	const failing = (name, answer, text, more = {}) => suite.test(`R-066 ${name}`, async () => {
		const job = await fresh(answer);
		await more.before?.();
		const r = await world.send(job, printer.id);
		assert.equal(`${r.status} ${r.json.error}`, `500 ${text}`);
		const row = await world.state(job);
		assert.equal(row.status, 'failed');
		assert.equal(row.failure_reason, text);
		assert.ok(row.completed_at);
		assert.deepEqual(stack.sql(`SELECT failure_category FROM print_jobs WHERE id = '${job}'`), [['Backend']]);
		await more.after?.();
		backend.next = (rq, rs) => backend.ok(rs);
		const again = await world.send(job, printer.id);
		assert.equal(again.status, 200, again.text);
		const sent = await world.state(job);
		assert.equal(`${sent.status} ${sent.failure_reason} ${sent.completed_at}`, 'queued null null');
	});
	await failing('it refuses', (rs) => backend.ok(rs, '{"error":"full"}', 503), 'Printer backend error: 503');
	await failing('it knows nobody', (rs) => backend.ok(rs, '{}', 401), 'Printer backend error: 401');
	await failing('it sends elsewhere, where nobody goes', (rs) => {
		rs.writeHead(307, { location: `${backend.url}/elsewhere` });
		rs.end();
	}, 'Printer backend error: 307');
	await failing('it does not answer in time', () => {}, 'Printer backend unreachable');
	await failing('it hangs up', (rs, rq) => rq.socket.destroy(), 'Printer backend unreachable');
	const nowhere = await freePort();
	await failing('nobody listens', backendOk, 'Printer backend unreachable', {
		before: () => world.settings({ 'printer_backend.url': `https://127.0.0.1:${nowhere}` }),
		after: () => world.settings({ 'printer_backend.url': backend.url }),
	});
	await failing('its certificate is not trusted', backendOk, 'Printer backend unreachable', {
		before: () => world.settings({ 'printer_backend.ca_file': certificate(stack.dir, 'other').file }),
		after: () => world.settings({ 'printer_backend.ca_file': trusted.file }),
	});

	await suite.test('nothing is locked while the backend thinks; a cancel meanwhile reaches it', async () => {
		let release;
		const job = await fresh((rs) => { release = () => backend.ok(rs); });
		const sending = world.send(job, printer.id);
		await until('the backend is asked', () => backend.asked.length === 1);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'platen' AND state LIKE 'idle in transaction%'`), [['0']]);
		assert.equal((await world.state(job)).status, 'queued');
		const cancelled = await world.post(`/api/print-jobs/${job}/cancel`);
		assert.equal(cancelled.status, 200, cancelled.text);
		release();
		assert.equal((await sending).status, 200);
		assert.equal((await world.state(job)).status, 'cancelled');
		assert.deepEqual(stack.sql(`SELECT status FROM printer_commands WHERE command_type = 'cancel_print' AND metadata->>'job_id' = '${job}'`), [['pending']]);
	});
	await suite.test('R-066 a backend that has begun although its answer came too late keeps the job', async () => {
		const job = await fresh(() => {});
		const sending = world.send(job, printer.id);
		await until('the backend is asked', () => backend.asked.length === 1);
		assert.equal((await world.put(`/api/print-jobs/${job}/status`, { status: 'printing' })).status, 200);
		assert.equal((await sending).status, 500);
		assert.equal((await world.state(job)).status, 'printing');
		await world.put(`/api/print-jobs/${job}/status`, { status: 'completed' });
	});
	await suite.test('R-077 ten sends at once: the backend hears of the job once', async () => {
		const job = await fresh(backendOk);
		const answers = await Promise.all(Array.from({ length: 10 }, () => world.send(job, printer.id)));
		assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.text).join('\n'));
		assert.equal(backend.asked.length, 1);
	});
	await suite.test('R-075 a job the backend has is cancelled through the printer\'s agent', async () => {
		const job = await fresh(backendOk);
		await world.send(job, printer.id);
		assert.equal((await world.post(`/api/print-jobs/${job}/cancel`)).status, 200);
		const poll = await stack.call('GET', '/api/printer-commands/pending?recipientId=cloud', { token: world.tokens.agent });
		assert.ok(poll.json.some((c) => c.command_type === 'cancel_print' && c.metadata.job_id === job), poll.text);
	});
	await suite.test('L-25 on that printer hands over as well; its failure is 502', async () => {
		await fresh(backendOk);
		const r = await stack.startJob(file, printer.id);
		assert.equal(r.status, 201, r.text);
		assert.equal(backend.asked.length, 1);
		await fresh((rs) => backend.ok(rs, '', 500));
		const bad = await stack.startJob(file, printer.id);
		assert.equal(`${bad.status} ${bad.json.error.code} ${bad.json.error.message}`, '502 PRINTER_ERROR Printer backend error: 500');
	});
	await suite.test('an organisation\'s own backend wins', async () => {
		await world.settings({ 'printer_backend.url': `https://127.0.0.1:${nowhere}` });
		stack.sql(`UPDATE organizations SET printer_backend_url = '${backend.url}' WHERE id = '${stack.org}'`);
		const r = await world.send(await fresh(backendOk), printer.id);
		stack.sql(`UPDATE organizations SET printer_backend_url = NULL WHERE id = '${stack.org}'`);
		assert.equal(r.status, 200, r.text);
		assert.equal(backend.asked.length, 1);
	});
	await suite.test('R-039 /health does not wait for a backend that is not there', async () => {
		const began = Date.now(), r = await stack.call('GET', '/health');
		assert.equal(r.status, 200);
		assert.deepEqual(r.json.printerBackend, { healthy: false, url: `https://127.0.0.1:${nowhere}` });
		assert.ok(Date.now() - began < 1000);
	});
	const probed = async (more, healthy, what) => {
		await world.settings({ 'printer_backend.url': backend.url, 'printer_backend.ca_file': trusted.file, ...more });
		stack.services.worker.kill('SIGHUP');
		stack.sql("DELETE FROM backend_probe; UPDATE task_schedules SET next_run_at = now() WHERE name = 'probe-printer-backend'; SELECT pg_notify('platen', 'task maintenance')");
		const [found] = await until(what, () => {
			const rows = stack.sql(`SELECT healthy, answer FROM backend_probe WHERE url = '${stack.config['printer_backend.url']}'`);
			return rows.length === 1 && rows[0][0] === (healthy ? 't' : 'f') ? rows : null;
		});
		const r = await stack.call('GET', '/health', { token: null });
		assert.equal(r.status, 200, what);
		assert.deepEqual(r.json.printerBackend, { healthy, url: stack.config['printer_backend.url'] }, what);
		return found[1];
	};
	await suite.test('R-038 the worker asks the backend for its health, /health only says what it found', async () => {
		await fresh(backendOk);
		assert.equal(await probed({ 'printer_backend.url': `${backend.url}/` }, true, 'healthy'), 'status 200');
		assert.deepEqual(backend.asked.map((a) => `${a.method} ${a.url} ${a.headers.authorization} ${a.text}`), ['GET /health undefined ']);
		for (let i = 0; i < 5; i++)
			await stack.call('GET', '/health', { token: null });
		assert.equal(backend.asked.length, 1, 'no request of /health goes out');
		stack.sql("UPDATE backend_probe SET probed_at = now() - interval '91 seconds'");
		assert.equal((await stack.call('GET', '/health')).json.printerBackend.healthy, false, 'too long ago');
		stack.sql("UPDATE backend_probe SET probed_at = now() - interval '80 seconds'");
		assert.equal((await stack.call('GET', '/health')).json.printerBackend.healthy, true);
	});
	await suite.test('R-039 a backend that is ill, elsewhere, silent, unknown or away is not healthy', async () => {
		await fresh((rs) => backend.ok(rs, '{"status":"unhealthy"}', 503));
		assert.equal(await probed({}, false, 'ill'), 'status 503');
		await fresh((rs) => { rs.writeHead(302, { location: `${backend.url}/ok` }); rs.end(); });
		assert.equal(await probed({}, false, 'elsewhere'), 'status 302');
		await fresh(() => {});
		assert.match(await probed({}, false, 'silent'), /timed out/i);
		await fresh(backendOk);
		assert.match(await probed({ 'printer_backend.ca_file': certificate(stack.dir, 'stranger').file }, false, 'unknown'), /certificate/);
		await probed({ 'printer_backend.url': `https://127.0.0.1:${nowhere}` }, false, 'away');
		assert.match(stack.log('worker'), /the printer backend is not healthy: status 503/);
		assert.equal(await probed({}, true, 'and back'), 'status 200');
	});
	await suite.test('R-279 neither code nor token nor signature is in a log, an audit row or a command', async () => {
		const logs = stack.log('cgi') + stack.log('nginx') + JSON.stringify(stack.sql('SELECT metadata, description FROM system_events UNION ALL SELECT metadata, error_message FROM printer_commands WHERE command_type <> \'start_print\''));
		for (const secret of ['c0de-c0de', 'secret-of-platen', world.tokens.operator, 'sig='])
			assert.ok(!logs.includes(secret), secret);
	});
	await suite.test('a backend without TLS is refused at the start, unless that is wanted', () => {
		const load = (more) => {
			const conf = join(stack.dir, 'plain.conf');
			writeFileSync(conf, Object.entries({ ...stack.config, 'printer_backend.url': 'http://127.0.0.1:1', ...more })
				.filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''));
			return spawnSync(program('platenctl'), ['--config', conf, 'migrate', '--sql-dir', join(SOURCE, 'sql')], { encoding: 'utf8' });
		};
		const refused = load({}), wanted = load({ 'printer_backend.allow_http': 'on' });
		assert.notEqual(refused.status, 0);
		assert.match(refused.stderr, /printer_backend\.url must begin with https/);
		assert.equal(wanted.status, 0, wanted.stderr);
	});
	await backend.close();
}
