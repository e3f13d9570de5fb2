// SPDX-License-Identifier: Apache-2.0
// Metrics, logs and what is told to Sentry (contract §12.22), against the running server.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStack, tick, until } from '../lib/stack.mjs';

/** The text format 0.0.4, strictly: HELP and TYPE once and first, samples of one family together, no series twice. */
export function parseMetrics(text) {
	const families = new Map(), seen = new Set();
	let current = null;
	assert.ok(text.endsWith('\n'), 'the last line is not ended');
	for (const line of text.slice(0, -1).split('\n')) {
		let m;
		if ((m = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line))) {
			assert.ok(!families.has(m[1]), `${m[1]} twice`);
			families.set(m[1], current = { name: m[1], help: m[2], samples: [] });
		} else if ((m = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line))) {
			assert.ok(current?.name === m[1] && current.samples.length === 0, `TYPE of ${m[1]} out of place`);
			current.type = m[2];
		} else {
			m = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*",?)*)\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)$/.exec(line);
			assert.ok(m, `not understood: ${line}`);
			const base = current.type === 'histogram' ? m[1].replace(/_(bucket|sum|count)$/, '') : m[1];
			assert.equal(base, current.name, `${m[1]} outside its family`);
			assert.ok(!seen.has(line.slice(0, line.lastIndexOf(' '))), `twice: ${line}`);
			seen.add(line.slice(0, line.lastIndexOf(' ')));
			const labels = Object.fromEntries([...(m[2] ?? '').matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(([, k, v]) => [k, v]));
			current.samples.push({ name: m[1], labels, value: Number(m[3].replace('Inf', 'Infinity')) });
		}
	}
	return families;
}

export async function scrape(stack) {
	const r = await fetch(`http://127.0.0.1:${stack.metricsPort}/metrics`);
	assert.equal(r.status, 200);
	assert.equal(r.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
	return parseMetrics(await r.text());
}

const sum = (families, name, want) => (families.get(want.family ?? name)?.samples ?? [])
	.filter((s) => s.name === name && Object.entries(want.labels ?? {}).every(([k, v]) => s.labels[k] === v)).reduce((n, s) => n + s.value, 0);
const requests = (families, labels) => sum(families, 'http_request_duration_seconds_count', { family: 'http_request_duration_seconds', labels });

function addJob(stack, status = 'pending') {
	const id = randomUUID();
	stack.sql(`INSERT INTO print_jobs (id, organization_id, product_id, status) VALUES ('${id}', '${stack.org}', '${id}', '${status}')`);
	return id;
}

async function metricsTests(suite, stack, { tokens }) {
	await suite.test('R-283 /metrics: the four names with labels and HELP, in a form a strict parser takes', async () => {
		await stack.call('GET', '/api/jobs', { token: tokens.viewer });
		const f = await scrape(stack);
		const head = (name) => [f.get(name)?.type, f.get(name)?.help];
		assert.deepEqual(head('http_request_duration_seconds'), ['histogram', 'Duration of HTTP requests in seconds']);
		assert.deepEqual(head('print_jobs_total'), ['counter', 'Total number of print jobs']);
		assert.deepEqual(head('printer_temperature_celsius'), ['gauge', 'Current printer temperatures']);
		assert.deepEqual(head('websocket_connections_active'), ['gauge', 'Number of active WebSocket connections']);
		const buckets = f.get('http_request_duration_seconds').samples.filter((s) => s.name.endsWith('_bucket') &&
			s.labels.method === 'GET' && s.labels.route === '/api/jobs' && s.labels.status === '200');
		assert.deepEqual(buckets.map((b) => b.labels.le), ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']);
		assert.ok(buckets.every((b, i) => i === 0 || b.value >= buckets[i - 1].value), 'buckets are cumulative');
		assert.equal(f.get('print_jobs_total').samples.length, 9);
		assert.equal(f.get('websocket_connections_active').samples.length, 1);
		assert.equal(sum(f, 'platen_database_up', {}), 1);
	});
	await suite.test('R-283 temperatures: of the default printer by component, of others by printer', async () => {
		const [a, b, gone] = [randomUUID(), randomUUID(), randomUUID()];
		stack.sql(`UPDATE printers SET is_default = false WHERE organization_id = '${stack.org}';
			INSERT INTO printers (id, organization_id, name, is_default) VALUES ('${a}', '${stack.org}', 'a', true), ('${b}', '${stack.org}', 'b', false), ('${gone}', '${stack.org}', 'c', false);
			INSERT INTO printer_live (printer_id, organization_id, seq, state, connected, hotend, bed, updated_at) VALUES
				('${a}', '${stack.org}', nextval('live_seq'), 'idle', true, 209.5, 60, now()), ('${b}', '${stack.org}', nextval('live_seq'), 'idle', true, 25, NULL, now()),
				('${gone}', '${stack.org}', nextval('live_seq'), 'idle', true, 99, 99, now() - interval '10 minutes')`);
		const f = await scrape(stack);
		const own = f.get('printer_temperature_celsius').samples.map((s) => [s.labels.component, s.value]);
		assert.deepEqual(own.sort(), [['bed', 60], ['hotend', 209.5]]);
		const others = f.get('platen_printer_temperature_celsius').samples;
		assert.deepEqual(others.map((s) => [s.labels.printer, s.labels.component, s.value]), [[b, 'hotend', 25]]);
		stack.sql(`DELETE FROM printers WHERE id IN ('${a}', '${b}', '${gone}')`);
	});
	await suite.test('R-284 counts equal the requests over all workers; unknown paths are one series', async () => {
		const before = await scrape(stack), paths = before.get('http_request_duration_seconds').samples.length;
		await Promise.all(Array.from({ length: 60 }, () => stack.call('GET', `/api/jobs/${randomUUID()}`, { token: tokens.viewer })));
		await Promise.all(Array.from({ length: 20 }, () => stack.call('GET', `/api/${randomUUID()}`, { token: tokens.viewer })));
		await Promise.all(Array.from({ length: 5 }, () => stack.call('HEAD', '/api/jobs', { token: tokens.viewer })));
		const after = await until('all are counted', async () => {
			const f = await scrape(stack);
			return requests(f, { route: '/api/jobs/:id', status: '404' }) - requests(before, { route: '/api/jobs/:id', status: '404' }) >= 60 ? f : null;
		});
		const more = (labels) => requests(after, labels) - requests(before, labels);
		assert.equal(more({ method: 'GET', route: '/api/jobs/:id', status: '404' }), 60);
		assert.equal(more({ route: 'unmatched', status: '404' }), 20);
		assert.equal(more({ method: 'HEAD', route: '/api/jobs', status: '200' }), 5);
		assert.ok(after.get('http_request_duration_seconds').samples.length - paths <= 3 * 14, 'a series for each path');
	});
	await suite.test('R-284 figures outlive the workers', async () => {
		const before = requests(await scrape(stack), { route: '/api/jobs/:id', status: '404' });
		assert.ok(before >= 60);
		stack.services.cgi.kill('SIGKILL');
		await stack.services.cgi.ended;
		await stack.start('cgi');
		await until('the workers are back', async () => (await stack.call('GET', '/health')).status === 200);
		assert.equal(requests(await scrape(stack), { route: '/api/jobs/:id', status: '404' }), before);
	});
	await suite.test('R-285 print_jobs_total counts each entry into a state, not what was rolled back', async () => {
		const counts = async () => Object.fromEntries((await scrape(stack)).get('print_jobs_total').samples.map((s) => [s.labels.status, s.value]));
		const before = await counts();
		const job = addJob(stack);
		for (const status of ['queued', 'claimed', 'preparing', 'printing', 'paused', 'printing', 'printing', 'completed'])
			stack.sql(`UPDATE print_jobs SET status = '${status}' WHERE id = '${job}'`);
		stack.sql(`BEGIN; INSERT INTO print_jobs (organization_id, product_id) VALUES ('${stack.org}', '${job}'); ROLLBACK`);
		stack.sql(`UPDATE print_jobs SET notes = 'x' WHERE id = '${job}'`);
		const after = await counts();
		const more = Object.fromEntries(Object.entries(after).map(([k, v]) => [k, v - before[k]]));
		assert.deepEqual(more, { pending: 1, queued: 1, claimed: 1, preparing: 1, printing: 2, paused: 1, completed: 1, failed: 0, cancelled: 0 });
		await Promise.all(Array.from({ length: 8 }, async () => { await tick(); addJob(stack); }));
		assert.equal((await counts()).pending - after.pending, 8);
		stack.sql(`DELETE FROM print_jobs WHERE product_id = id`);
	});
	await suite.test('R-283 the figures have a listener of their own, and only named networks reach it', async () => {
		assert.equal((await stack.call('GET', '/metrics')).status, 404);
		assert.match(readFileSync(join(stack.dir, 'etc/limits.inc'), 'utf8'), /geo \$platen_metrics \{ default 0; 127\.0\.0\.0\/8 1; ::1 1;\n\}/);
	});
}

const lines = (text) => text.split('\n').filter((l) => l !== '').map((l) => JSON.parse(l));

async function restartWith(stack, more) {
	Object.assign(stack.config, more);
	writeFileSync(stack.configFile, Object.entries(stack.config).filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	await stack.services.cgi.stop();
	await stack.start('cgi');
	await until('the workers are back', async () => (await stack.call('GET', '/health')).status === 200);
}

async function logTests(suite, stack, { tokens }) {
	const dir = join(stack.dir, 'days');
	mkdirSync(dir);
	await restartWith(stack, { 'log.dir': dir, 'log.level': 'http' });
	const read = (kind) => readdirSync(dir).filter((f) => f.startsWith(`${kind}-`)).map((f) => readFileSync(join(dir, f), 'utf8')).join('');

	await suite.test('R-282 one access line for each request, JSON with all members, in the day file', async () => {
		const id = randomUUID();
		await stack.call('GET', '/api/jobs?status=queued', { token: tokens.viewer, headers: { 'x-request-id': id } });
		const line = await until('the line', () => lines(read('application')).find((l) => l.requestId === id));
		assert.deepEqual([line.level, line.message, line.service, line.component, line.method, line.route, line.status, line.ip],
			['http', 'request', 'platen', 'cgi', 'GET', '/api/jobs', 200, '127.0.0.1']);
		assert.ok(line.ms >= 0 && line.bytes > 0 && /^[0-9a-f-]{36}$/.test(line.userId) && !Number.isNaN(Date.parse(line.timestamp)));
		assert.equal(lines(read('application')).filter((l) => l.requestId === id).length, 1);
	});
	await suite.test('R-282 LOG_LEVEL decides', async () => {
		await restartWith(stack, { 'log.level': 'warn' });
		const id = randomUUID();
		await stack.call('GET', '/api/jobs', { token: tokens.viewer, headers: { 'x-request-id': id } });
		await stack.call('GET', '/health');
		assert.ok(!read('application').includes(id));
	});
	await suite.test('R-279 tokens, passwords and signatures stand in no log line, also at debug', async () => {
		await restartWith(stack, { 'log.level': 'debug' });
		const secret = `hunter-${randomUUID()}`, sig = randomUUID().replaceAll('-', '');
		await stack.call('POST', '/api/auth/login', { token: null, json: { email: 'vera@platen.test', password: secret } });
		await stack.call('POST', '/api/auth/login', { token: null, body: `{"password":"${secret}"`, headers: { 'content-type': 'application/json' } });
		await stack.call('GET', `/api/files/${randomUUID()}/download?exp=1&sig=${sig}`, { token: null });
		await stack.call('GET', '/api/jobs', { token: `${tokens.viewer}x` });
		await stack.call('GET', '/api/jobs', { token: tokens.viewer, headers: { 'x-request-id': tokens.viewer } });
		const all = `${read('application')}${read('error')}${['cgi', 'nginx'].map((n) => stack.log(n)).join('')}${
			stack.sql('SELECT row_to_json(s) FROM system_events s').join('\n')}`;
		for (const word of [secret, sig, tokens.viewer.split('.')[2], tokens.viewer, stack.config['auth.jwt_secret']])
			assert.ok(!all.includes(word), `${word.slice(0, 12)}... stands in a log`);
	});
	await restartWith(stack, { 'log.dir': null, 'log.level': 'info' });
}

/** A server in Sentry's place: keeps what it was sent; answers, hangs or refuses as `mode` says. */
async function sentry() {
	const it = { events: [], at: [], mode: 'ok', open: new Set() };
	const server = createServer((rq, answer) => {
		let body = '';
		rq.on('data', (d) => { body += d; });
		rq.on('end', () => {
			const [head, item, event] = body.split('\n').slice(0, 3).map((l) => JSON.parse(l));
			it.events.push({ path: rq.url, auth: rq.headers['x-sentry-auth'], head, item, event, body });
			it.at.push(Date.now());
			if (it.mode === 'ok')
				answer.end('{}');
		});
	});
	server.on('connection', (s) => it.open.add(s));
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	it.dsn = `http://public:private@127.0.0.1:${server.address().port}/42`;
	it.stop = () => new Promise((done) => { it.open.forEach((s) => s.destroy()); server.close(done); });
	return it;
}

async function sentryTests(suite) {
	const there = await sentry();
	const config = { 'core.environment': 'production', 'auth.bcrypt_rounds': 10, 'sentry.dsn': there.dsn, 'db.timeout': '200ms' };
	const stack = await startStack({ services: ['worker', 'cgi', 'nginx'], config });
	const broken = () => stack.call('GET', '/api/jobs', { headers: { 'x-request-id': `r-${randomUUID()}` } });
	try {
		await until('the sender listens', () => existsSync(join(stack.dir, 'run/sentry.sock')));
		stack.stopDatabase('immediate');
		await suite.test('R-286 an error reaches Sentry: address, key, level, logger, message, release, request id; no secrets', async () => {
			const r = await broken();
			assert.equal(r.status, 503);
			const it = await until('an event', () => there.events.find((e) => e.event.tags.request_id === r.headers.get('x-request-id')));
			assert.equal(it.path, '/api/42/envelope/');
			assert.match(it.auth, /^Sentry sentry_version=7, sentry_client=platen\/[0-9.]+, sentry_key=public$/);
			assert.equal(it.item.length, Buffer.byteLength(it.body.split('\n')[2]));
			assert.deepEqual([it.event.level, it.event.logger, it.event.logentry.formatted, it.event.environment], ['error', 'cgi', '/api/jobs', 'production']);
			assert.match(it.event.release, /^platen@[0-9]/);
			for (const word of [stack.token, stack.config['auth.jwt_secret'], 'password', 'private', stack.dir])
				assert.ok(!it.body.includes(word), `${word} is told`);
		});
		await suite.test('R-286 at most one in a second', async () => {
			const from = there.at.length;
			for (let i = 0; i < 5; i++)
				await broken();
			await until('three more', () => there.at.length >= from + 3);
			const gaps = there.at.slice(from - 1).map((t, i, all) => (i === 0 ? 1000 : t - all[i - 1])).slice(1);
			assert.ok(gaps.every((g) => g >= 950), `gaps ${gaps}`);
		});
		await suite.test('R-286 a Sentry that hangs, or none, delays no request', async () => {
			const time = async () => {
				const all = [];
				for (let i = 0; i < 15; i++) {
					const began = performance.now();
					assert.equal((await broken()).status, 503);
					all.push(performance.now() - began);
				}
				return all.sort((a, b) => a - b)[7];
			};
			const well = await time();
			there.mode = 'hang';
			const hanging = await time();
			await there.stop();
			const gone = await time();
			await stack.services.worker.stop();
			const unheard = await time();
			for (const t of [hanging, gone, unheard])
				assert.ok(t < well + 250, `${t} ms against ${well} ms`);
		});
	} finally {
		await stack.stop();
		await there.stop().catch(() => {});
	}
	await suite.test('R-286 outside production nothing is told', async () => {
		const quiet = await sentry();
		const test = await startStack({ services: ['worker', 'cgi', 'nginx'], config: { ...config, 'core.environment': 'test', 'sentry.dsn': quiet.dsn } });
		try {
			test.stopDatabase('immediate');
			assert.equal((await test.call('GET', '/api/jobs')).status, 503);
			assert.ok(!existsSync(join(test.dir, 'run/sentry.sock')));
			assert.equal(quiet.events.length, 0);
		} finally {
			await test.stop();
			await quiet.stop();
		}
	});
}

/** Figures of the daemons, which write into the same table. */
async function daemonTests(suite) {
	const stack = await startStack({ services: ['sim', 'holder', 'spooler', 'live', 'cgi', 'nginx'], printers: 1 });
	const one = async (name) => sum(await scrape(stack), name, {});
	try {
		const printer = await stack.addPrinter(1, { is_default: true });
		await stack.untilIdle(printer);
		await suite.test('R-283 figures of the spooler: printers, lines, temperatures; they outlive it', async () => {
			assert.equal(await one('platen_printers_connected'), 1);
			const before = await one('platen_serial_lines_total');
			assert.ok(before > 0);
			const heat = (await scrape(stack)).get('printer_temperature_celsius').samples;
			assert.deepEqual(heat.map((s) => s.labels.component).filter((c) => c !== 'chamber').sort(), ['bed', 'hotend']);
			assert.equal((await stack.call('POST', '/api/printer/home', { json: { axes: ['X'] } })).status, 200);
			const f = await scrape(stack);
			assert.equal(sum(f, 'platen_command_duration_seconds_count', { family: 'platen_command_duration_seconds' }), 1);
			await until('more lines', async () => await one('platen_serial_lines_total') > before);
			const seen = await one('platen_serial_lines_total');
			stack.services.spooler.kill('SIGKILL');
			await stack.services.spooler.ended;
			const sent = await one('platen_serial_lines_total');
			assert.ok(sent >= seen && seen > 0, `${sent} after ${seen}`);
			await stack.start('spooler');
			await until('more lines after it', async () => await one('platen_serial_lines_total') > sent);
		});
		await suite.test('R-283 websocket_connections_active follows the gateway, also through its death', async () => {
			const polling = (sid) => `/socket.io/?EIO=4&transport=polling${sid ? `&sid=${sid}` : ''}`;
			const open = await stack.call('GET', polling());
			const { sid } = JSON.parse(open.text.slice(1));
			assert.equal((await stack.call('POST', polling(sid), { body: `40${JSON.stringify({ token: stack.token })}`, headers: { 'content-type': 'text/plain' } })).status, 200);
			await until('one socket', async () => await one('websocket_connections_active') === 1);
			stack.services.live.kill('SIGKILL');
			await stack.services.live.ended;
			await stack.start('live');
			await until('none', async () => await one('websocket_connections_active') === 0);
		});
	} finally {
		await stack.stop();
	}
}

export async function observeTests(suite, stack, world) {
	await metricsTests(suite, stack, world);
	await logTests(suite, stack, world);
	await daemonTests(suite);
	await sentryTests(suite);
}
