// SPDX-License-Identifier: Apache-2.0
// gateway - platen-live with its own database, and what a test needs around it: people, printers,
// jobs by SQL, tokens signed here, clients. Nothing is imitated: rows are written by the same
// functions the spooler calls.
import { createHmac, randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SOURCE, Stack, until } from '../lib/stack.mjs';

const load = createRequire(join(process.env.PLATEN_LIVE_LIBRARIES, 'x.js'));
export const { io } = load('socket.io-client');
export const WebSocket = load('ws');
export { until };

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export class Gateway extends Stack {
	init() {
		const psql = (db, args) => {
			const r = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', db, ...args], { encoding: 'utf8' });
			if (r.status !== 0)
				throw new Error(r.stderr);
		};
		const platen = this.db.replace('dbname=postgres', 'dbname=platen');
		psql(this.db, ['-c', 'CREATE DATABASE platen']);
		psql(platen, ['-f', join(SOURCE, 'sql/schema.sql')]);
		this.db = platen;
	}

	async signIn() {}

	async open() {
		await this.startAll();
		[[this.org]] = this.sql('SELECT id FROM organizations WHERE is_default');
		await this.ready();
		return this;
	}

	ready() {
		return until('the gateway answers', async () => (await this.get('/socket.io/?EIO=3')).status === 400 &&
			/database connected/.test(this.log('live')))
			.catch((e) => { throw new Error(`${e.message}\n${this.logs()}`); });
	}

	get base() {
		return `http://127.0.0.1:${this.livePort}`;
	}

	get(path, options) {
		return fetch(this.base + path, options);
	}

	post(path, body, headers = { 'content-type': 'text/plain;charset=UTF-8' }) {
		return fetch(this.base + path, { method: 'POST', body, headers });
	}

	/** As the Stack's, without command tags. */
	sql(text) {
		const r = spawnSync('psql', ['-X', '-q', '-A', '-t', '-F', '\x1f', '-v', 'ON_ERROR_STOP=1', '-d', this.db],
			{ encoding: 'utf8', input: text });
		if (r.status !== 0)
			throw new Error(r.stderr);
		return r.stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\x1f'));
	}

	one(text) {
		return this.sql(text)[0]?.[0];
	}

	// ---- people ----

	organization(name) {
		return this.one(`INSERT INTO organizations (name) VALUES ('${name}') RETURNING id`);
	}

	person(name, { role = 'OPERATOR', org = this.org } = {}) {
		const id = this.one(`WITH u AS (INSERT INTO users (email, username, role, default_organization_id)
			VALUES ('${name}@test', '${name}', '${role}', '${org}') RETURNING id)
			INSERT INTO organization_members (organization_id, user_id) SELECT '${org}', id FROM u RETURNING user_id`);
		return { id, name, role, org, session: this.session(id) };
	}

	session(user) {
		const hash = () => createHmac('sha256', randomUUID()).update('x').digest('hex');
		return this.one(`INSERT INTO sessions (user_id, token, refresh_token, expires_at)
			VALUES ('${user}', '${hash()}', '${hash()}', now() + interval '1 day') RETURNING id`);
	}

	sign(claims, { alg = 'HS256', secret = this.config['auth.jwt_secret'] } = {}) {
		const now = Math.floor(Date.now() / 1000);
		const text = `${base64url({ alg, typ: 'JWT' })}.${base64url({ iat: now, exp: now + 900, ...claims })}`;
		return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
	}

	token(person, more = {}) {
		return this.sign({ userId: person.id, sub: person.id, sid: person.session, organizationId: person.org,
			role: person.role, type: 'access', ...more });
	}

	/** Cookie and CSRF token as a page gets them. */
	page(person) {
		const key = createHmac('sha256', this.config['auth.jwt_secret']).update('platen csrf token v1').digest();
		return { cookie: `platen=${this.sign({ userId: person.id, sub: person.id, sid: person.session, type: 'browser' })}`,
			csrf: createHmac('sha256', key).update(person.session).digest('hex') };
	}

	// ---- printers and jobs ----

	printer(name, { org = this.org, isDefault = false } = {}) {
		const id = this.one(`INSERT INTO printers (organization_id, name, connection_type, serial_device, is_default)
			VALUES ('${org}', '${name}', 'usb', '/dev/pts/${name}', ${isDefault}) RETURNING id`);
		this.sql(`NOTIFY platen, 'config ${id}'`);
		return id;
	}

	report(printer, values = {}) {
		const row = { printer_id: printer, state: 'idle', connected: true, needs_homing: false, hotend: 21.5,
			hotend_target: 0, bed: 20.25, bed_target: 0, x: 0, y: 0, z: 0, e: 0, ...values };
		this.sql(`SET ROLE platen_service; SELECT spool.write_live('${JSON.stringify([row])}')`);
	}

	/** A job that is claimed; gives what apply_event() needs. */
	job(printer, { org = this.org, user } = {}) {
		const analysis = { version: 1, ok: true, commands: 1000, longestLine: 40, layers: 10, estimatedTime: 600, bounds: null,
			maxHotend: 210, maxBed: 60, homes: true, heatsHotend: true, heatsBed: true };
		this.report(printer); // nothing starts on a printer that is not there
		const by = user ?? this.one(`SELECT id FROM users LIMIT 1`);
		const file = this.one(`INSERT INTO files (organization_id, user_id, original_name, file_name, file_path, file_type,
			file_size, sha256, idx_sha256, analysis) VALUES ('${org}', '${by}', 'part.gcode', '${randomUUID()}.gcode', '2025/11/1-0.gcode', 'GCODE', 1000,
			repeat('a', 64), repeat('b', 64), '${JSON.stringify(analysis)}') RETURNING id`);
		const id = this.one(`INSERT INTO print_jobs (organization_id, user_id, created_by, printer_id, file_id, status, queued_at,
			estimated_time_seconds) VALUES ('${org}', '${by}', '${by}', '${printer}', '${file}', 'queued', now(), 600) RETURNING id`);
		this.sql(`SET ROLE platen_service; SELECT spool.claim('${id}', '${printer}', 'test', true)`);
		const [[attempt, fence]] = this.sql(`SELECT id, fence FROM print_attempts WHERE job_id = '${id}'`);
		return { id, printer, attempt, fence, file };
	}

	/** lost: its row in live_events is never seen, as after a crash. */
	event(job, kind, data = {}, lost = false) {
		this.seq = (this.seq ?? 0) + 1;
		const answer = this.one(`SET ROLE platen_service; BEGIN; SELECT spool.apply_event('${job.printer}', ${this.seq}, clock_timestamp(),
			'${kind}', '${job.attempt}', ${job.fence}, '${JSON.stringify(data)}'); ${lost ? 'DELETE FROM live_events;' : ''} COMMIT`);
		if (answer !== 'applied')
			throw new Error(`${kind}: ${answer}`);
	}

	emit(topic, org, user, payload) {
		const text = (value) => value ? `'${value}'` : 'NULL';
		this.sql(`SET ROLE platen_service; SELECT spool.emit('${topic}', ${text(org)}, ${text(user)}, '${JSON.stringify(payload)}')`);
	}

	// ---- clients ----

	client(options = {}) {
		const socket = io(this.base, { reconnection: false, forceNew: true, ...options });
		return new Watched(socket);
	}

	async connect(person, options = {}) {
		const c = this.client({ transports: ['websocket'], auth: { token: this.token(person) }, ...options });
		await c.connected();
		return c;
	}
}

/** A client that remembers all it was told. */
export class Watched {
	constructor(socket) {
		this.socket = socket;
		this.seen = [];
		this.reason = null;
		socket.onAny((name, data) => this.seen.push({ name, data, at: Date.now() }));
		socket.on('connect_error', (e) => { this.error = e.message; });
		socket.on('disconnect', (reason) => { this.reason = reason; });
	}

	async connected() {
		await until('connect', () => {
			if (this.error)
				throw new Error(this.error);
			return this.socket.connected && this.all('connected').length > 0;
		});
		return this;
	}

	refused() {
		return until('connect_error', () => this.error);
	}

	all(name) {
		return this.seen.filter((e) => e.name === name).map((e) => e.data);
	}

	/** The first event of this name that fits. */
	next(name, fits = () => true, seconds = 8) {
		return until(`${name}`, () => this.all(name).find(fits), seconds).catch((e) => {
			throw new Error(`${e.message}; seen: ${JSON.stringify(this.seen.slice(-12))}`);
		});
	}

	forget() {
		this.seen = [];
	}

	emit(...args) {
		this.socket.emit(...args);
	}

	ask(name, ...args) {
		return this.socket.timeout(8000).emitWithAck(name, ...args);
	}

	close() {
		this.socket.close();
	}
}

/** A bare WebSocket that keeps what arrives; for what the stock client would never do. */
export async function raw(gateway, query = 'EIO=4&transport=websocket', options = {}) {
	const ws = new WebSocket(`ws://127.0.0.1:${gateway.livePort}/socket.io/?${query}`, options);
	ws.seen = [];
	ws.on('message', (data, binary) => ws.seen.push(binary ? data : data.toString()));
	ws.on('error', (e) => { ws.failure = e.message; });
	ws.on('close', (code) => { ws.closed = code; });
	ws.on('unexpected-response', (request, response) => { ws.status = response.statusCode; request.destroy(); ws.closed = -1; });
	await until('the socket opens or is refused', () => ws.readyState === WebSocket.OPEN || ws.closed !== undefined);
	return ws;
}
