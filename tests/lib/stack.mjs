// SPDX-License-Identifier: Apache-2.0
// stack - the whole server in a folder of its own, for suites: a throw-away PostgreSQL, the built
// programs, a real nginx on a free loopback port, simulated printers on ptys.
//
//   const stack = await startStack({ services: ['cgi', 'nginx'], printers: 2, config: { ... } });
//   await stack.stop();
//
// Programs come from $PLATEN_BUILD (default build-check), sources from $PLATEN_SOURCE. Nothing here
// sleeps to wait: until() asks for a condition with a deadline.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { appendFileSync, cpSync, chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SOURCE = process.env.PLATEN_SOURCE ?? resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const BUILD = process.env.PLATEN_BUILD ?? join(SOURCE, 'build-check');
export const program = (name) => join(BUILD, name);

export const tick = (ms = 10) => new Promise((done) => setTimeout(done, ms));

/** Asks `condition` until it gives a truthy value, which is returned; throws after `seconds`. */
export async function until(what, condition, seconds = 20) {
	const end = Date.now() + seconds * 1000;
	for (let error; ; await tick()) {
		try {
			const value = await condition();
			if (value)
				return value;
			error = undefined;
		} catch (e) {
			error = e;
		}
		if (Date.now() > end)
			throw new Error(`${what}: not within ${seconds} s${error ? ` (${error.message})` : ''}`);
	}
}

export async function freePort() {
	const server = createServer();
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address();
	await new Promise((done) => server.close(done));
	return port;
}

function must(command, args, options = {}) {
	const r = spawnSync(command, args, { encoding: 'utf8', ...options });
	if (r.status !== 0)
		throw new Error(`${command} ${args.join(' ')}: ${r.error?.message ?? r.stderr + r.stdout}`);
	return r.stdout;
}

class Service {
	constructor(stack, name, argv, { supervise = false } = {}) {
		Object.assign(this, { stack, name, argv, supervise, child: null, starts: 0, wanted: false });
	}

	start() {
		const log = openSync(join(this.stack.dir, 'log', `${this.name}.log`), 'a');
		this.wanted = true;
		this.starts++;
		this.child = spawn(this.argv[0], this.argv.slice(1), {
			stdio: ['ignore', log, log], detached: true, cwd: this.stack.dir,
			env: { ...process.env, PLATEN_CONFIG: this.stack.configFile },
		});
		const child = this.child;
		this.ended = new Promise((done) => child.on('exit', (code, signal) => {
			this.last = { code, signal };
			// As runit does: what stays of the process group goes, then it starts again.
			this.killGroup(child.pid);
			if (this.wanted && this.supervise && this.child === child)
				this.start();
			done(this.last);
		}));
		return this;
	}

	get pid() {
		return this.child?.pid;
	}

	killGroup(pid) {
		try {
			process.kill(-pid, 'SIGKILL');
		} catch {
			// nothing was left
		}
	}

	kill(signal = 'SIGKILL') {
		try {
			process.kill(this.child.pid, signal);
		} catch {
			// it has ended already
		}
	}

	async stop(signal = 'SIGTERM') {
		if (!this.wanted)
			return;
		this.wanted = false;
		const end = setTimeout(() => this.kill('SIGKILL'), 10000);
		this.kill(signal);
		await this.ended;
		clearTimeout(end);
	}
}

const stacks = new Set();
for (const [signal, status] of [['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]])
	process.on(signal, () => {
		for (const stack of stacks)
			stack.abandon();
		process.exit(status);
	});

export class Stack {
	constructor(options) {
		this.options = options;
		this.dir = mkdtempSync(join(tmpdir(), 'platen-'));
		chmodSync(this.dir, 0o711); // the database runs as another user when we are root
		this.services = {};
		stacks.add(this);
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	log(name) {
		const file = join(this.dir, 'log', `${name}.log`);
		return existsSync(file) ? readFileSync(file, 'utf8') : '';
	}

	/** Runs SQL as superuser; rows as arrays of text. */
	sql(text, ...args) {
		const out = must('psql', ['-X', '-A', '-t', '-F', '\x1f', '-v', 'ON_ERROR_STOP=1', '-d', this.db,
			...args.flatMap((a, i) => ['-v', `a${i + 1}=${a}`])], { input: text });
		return out.split('\n').filter((line) => line !== '').map((line) => line.split('\x1f'));
	}

	async startDatabase() {
		this.db = must(join(SOURCE, 'tests/lib/scratch-pg'), ['start', join(this.dir, 'pg')]).trim();
	}

	stopDatabase(mode = 'fast') {
		must(join(SOURCE, 'tests/lib/scratch-pg'), ['stop', join(this.dir, 'pg'), mode]);
	}

	configure() {
		const secret = () => randomBytes(32).toString('hex');
		const socket = join(this.dir, 'pg/sock');
		const values = {
			'core.environment': 'test',
			'db.url': `host=${socket} dbname=platen user=platen password=test`,
			'db.owner_url': `host=${socket} dbname=platen user=platen_owner password=test`,
			'auth.jwt_secret': secret(),
			'auth.jwt_refresh_secret': secret(),
			'auth.seal_key': secret(),
			'auth.bcrypt_rounds': 4,
			'auth.registration': 'open',
			'rate_limit.enabled': 'false',
			'http.api_workers': 4,
			'http.port': this.port,
			'live.listen': `127.0.0.1:${this.livePort}`,
			'live.api_url': `http://127.0.0.1:${this.apiPort}`,
			'metrics.listen': `127.0.0.1:${this.metricsPort}`,
			'storage.dir': join(this.dir, 'storage'),
			'storage.spool_dir': join(this.dir, 'spool'),
			'storage.min_free': '1m',
			'run.dir': join(this.dir, 'run'),
			'run.pid_dir': join(this.dir, 'run'),
			'web.template_dir': join(SOURCE, 'templates'),
			'web.static_dir': join(this.dir, 'static'),
			'serial.device_prefixes': join(this.dir, 'printers/'),
			...this.options.config,
		};
		this.config = values;
		this.configFile = join(this.dir, 'platen.conf');
		writeFileSync(this.configFile, Object.entries(values).filter(([, v]) => v !== null)
			.map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	}

	init() {
		this.admin = { email: 'admin@platen.test', password: 'correct horse battery' };
		const file = join(this.dir, 'admin.password');
		writeFileSync(file, this.admin.password, { mode: 0o600 });
		must(program('platenctl'), ['--config', this.configFile, 'init', '--superuser-url', this.db,
			'--sql-dir', join(SOURCE, 'sql'), '--admin-email', this.admin.email, '--admin-password-file', file]);
		this.db = this.db.replace('dbname=postgres', 'dbname=platen');
	}

	nginxConfig() {
		const cgi = program('platen-cgi');
		const print = (what) => must(cgi, ['--config', this.configFile, '--print-nginx', what]);
		mkdirSync(join(this.dir, 'etc'), { recursive: true });
		writeFileSync(join(this.dir, 'etc/routes.inc'), print('routes'));
		writeFileSync(join(this.dir, 'etc/limits.inc'), print('limits'));
		const places = { DIR: this.dir, RUN: join(this.dir, 'run'), LISTEN: '127.0.0.1', PORT: this.port,
			METRICS: `127.0.0.1:${this.metricsPort}`, LIVE: `127.0.0.1:${this.livePort}`,
			API: `127.0.0.1:${this.apiPort}`, STATIC: join(this.dir, 'static'), STORAGE: join(this.dir, 'storage') };
		// As `make install` lays them out: sources and what the build made, in one folder.
		for (const from of [join(SOURCE, 'static'), join(BUILD, 'static')])
			cpSync(from, join(this.dir, 'static'), { recursive: true });
		const text = readFileSync(join(SOURCE, 'nginx/platen.conf.in'), 'utf8')
			.replace(/@([A-Z]+)@/g, (whole, name) => places[name] ?? whole);
		writeFileSync(join(this.dir, 'etc/nginx.conf'), text);
	}

	argv(name) {
		const config = ['--config', this.configFile];
		const nginx = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx';
		const user = process.getuid() === 0 ? ' user root;' : '';
		switch (name) {
		case 'nginx': return [nginx, '-p', this.dir, '-c', join(this.dir, 'etc/nginx.conf'), '-g', `daemon off;${user}`];
		case 'cgi': return [program('platen-cgi'), ...config, '--pool', 'all'];
		case 'sim': return [program('platen-sim'), '--name', 'sim', '--count', String(this.options.printers ?? 1),
			'--link', join(this.dir, 'printers/sim'), '--transcript', join(this.dir, 'transcript'),
			'--control', join(this.dir, 'sim.sock'), '--speed', String(this.options.simSpeed ?? 60), ...(this.options.simArgs ?? [])];
		default: return [program(`platen-${name}`), ...config];
		}
	}

	async start(name) {
		const service = this.services[name] ??= new Service(this, name, this.argv(name), { supervise: this.options.supervise });
		service.start();
		return service;
	}

	async startAll() {
		if (this.options.runInMemory) { // as /run is: a journal on a disk waits for the disk now and then
			this.memory = mkdtempSync('/dev/shm/platen-');
			symlinkSync(this.memory, join(this.dir, 'run'));
		}
		for (const d of ['log', 'run', 'storage', 'spool', 'printers', 'tmp'])
			mkdirSync(join(this.dir, d), { recursive: true });
		[this.port, this.metricsPort, this.livePort, this.apiPort] =
			[await freePort(), await freePort(), await freePort(), await freePort()];
		await this.startDatabase();
		this.configure();
		this.init();
		const services = this.options.services ?? ['sim', 'holder', 'spooler', 'worker', 'live', 'cgi', 'nginx'];
		if (services.includes('nginx'))
			this.nginxConfig();
		for (const name of services)
			await this.start(name);
		if (services.includes('nginx'))
			await until('the server answers /health', async () => (await fetch(`${this.url}/health`)).status === 200)
				.catch((e) => { throw new Error(`${e.message}\n${this.logs()}`); });
		this.tokens = {};
		if (services.includes('nginx'))
			await this.signIn();
		return this;
	}

	/** The FastCGI workers again, with other settings (null: none). */
	async restartWorkers(more) {
		Object.assign(this.config, more);
		writeFileSync(this.configFile, Object.entries(this.config).filter(([, v]) => v !== null)
			.map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
		await this.services.cgi.stop();
		await this.start('cgi');
		await until('the workers are back', async () => (await fetch(`${this.url}/health`)).status === 200);
	}

	/** Tail of every log, for a failure's report. */
	logs(lines = 12) {
		return Object.keys(this.services).map((name) =>
			`--- ${name}\n${this.log(name).split('\n').slice(-lines).join('\n')}`).join('\n');
	}

	async call(method, path, { token = this.token, json, body, headers = {}, redirect = 'manual' } = {}) {
		const answer = await fetch(this.url + path, {
			method, redirect,
			headers: { ...(token ? { authorization: `Bearer ${token}` } : {}),
				...(json !== undefined ? { 'content-type': 'application/json' } : {}), ...headers },
			body: json !== undefined ? JSON.stringify(json) : body,
		});
		const text = await answer.text();
		let data = null;
		try {
			data = JSON.parse(text);
		} catch {
			// not every answer is JSON
		}
		return { status: answer.status, headers: answer.headers, text, json: data };
	}

	async signIn({ email, password } = this.admin) {
		const r = await this.call('POST', '/api/auth/login', { token: null, json: { email, password } });
		if (r.status !== 200)
			throw new Error(`sign-in: ${r.status} ${r.text}\n${this.logs()}`);
		if (email === this.admin.email) {
			this.token = r.json.data.accessToken;
			this.org = r.json.data.user.organizationId;
		}
		return r.json.data;
	}

	/** A user of the default organisation with a role; gives the access token. */
	async user(name, role) {
		const password = `password of ${name}`;
		must(program('platenctl'), ['--config', this.configFile, 'user', 'add', `${name}@platen.test`,
			'--name', name, '--role', role, '--password-file', '-'], { input: `${password}\n` });
		return (await this.signIn({ email: `${name}@platen.test`, password })).accessToken;
	}

	device(k) {
		return join(this.dir, `printers/sim-${k}`);
	}

	transcript(k) {
		const file = join(this.dir, `transcript-${k}`);
		return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((l) => l !== '') : [];
	}

	async addPrinter(k, more = {}) {
		await until(`simulated printer ${k}`, () => existsSync(this.device(k)));
		const r = await this.call('POST', '/api/printers', { json: { organizationId: this.org, name: `Sim ${k}`,
			connection_type: 'usb', serial_device: this.device(k), baud_rate: 115200, max_build_volume_x: 220,
			max_build_volume_y: 220, max_build_volume_z: 250, max_nozzle_temp: 275, max_bed_temp: 120, ...more } });
		if (r.status !== 201)
			throw new Error(`printer: ${r.status} ${r.text}`);
		return r.json.id;
	}

	async printerState(id) {
		return (await this.call('GET', `/api/printer/status?printerId=${id}`)).json?.data;
	}

	async untilIdle(id, seconds = 30) {
		return until(`printer ${id} idle`, async () => (await this.printerState(id))?.state === 'idle', seconds)
			.catch((e) => { throw new Error(`${e.message}\n${this.logs()}`); });
	}

	async upload(name, text) {
		const form = new FormData();
		form.set('file', new Blob([text]), name);
		const r = await this.call('POST', '/api/files/upload', { body: form });
		if (r.status !== 201)
			throw new Error(`upload: ${r.status} ${r.text}`);
		return r.json.data.file.id;
	}

	async startJob(fileId, printerId, more = {}) {
		return this.call('POST', '/api/jobs/start', { json: { fileId, printerId, ...more } });
	}

	async job(id) {
		return (await this.call('GET', `/api/jobs/${id}`)).json?.data;
	}

	async untilJob(id, states, seconds = 120) {
		const wanted = [states].flat();
		return until(`job ${id} ${wanted.join(' or ')}`, async () => {
			const data = await this.job(id);
			return data && wanted.includes(data.job.status) ? data : null;
		}, seconds).catch((e) => { throw new Error(`${e.message}\n${this.logs()}`); });
	}

	/** At a signal: everything ends now, in this turn. */
	abandon() {
		for (const service of Object.values(this.services)) {
			service.wanted = false;
			if (service.child)
				service.killGroup(service.child.pid);
		}
		spawnSync(join(SOURCE, 'tests/lib/scratch-pg'), ['drop', join(this.dir, 'pg')]);
		for (const dir of process.env.PLATEN_KEEP ? [] : [this.memory, this.dir])
			if (dir)
				rmSync(dir, { recursive: true, force: true });
	}

	async stop() {
		const early = ['nginx', 'cgi', 'live', 'worker', 'spooler', 'holder', 'sim'];
		for (const name of Object.keys(this.services).filter((n) => !early.includes(n)))
			await this.services[name].stop('SIGKILL');
		for (const name of ['nginx', 'cgi', 'live', 'worker', 'spooler', 'holder', 'sim'])
			await this.services[name]?.stop();
		spawnSync(join(SOURCE, 'tests/lib/scratch-pg'), ['drop', join(this.dir, 'pg')]);
		if (this.memory && !process.env.PLATEN_KEEP)
			rmSync(this.memory, { recursive: true, force: true });
		if (process.env.PLATEN_KEEP)
			console.log(`kept: ${this.dir}`);
		else
			rmSync(this.dir, { recursive: true, force: true });
		stacks.delete(this);
	}
}

export async function startStack(options = {}) {
	const stack = new Stack(options);
	try {
		return await stack.startAll();
	} catch (e) {
		appendFileSync(2, `${stack.logs(30)}\n`);
		await stack.stop();
		throw e;
	}
}

/** A tiny runner: named tests in order, a line each, the closing line, the exit status. */
export class Suite {
	constructor() {
		this.passed = 0;
		this.failed = 0;
	}

	async test(name, body) {
		const began = Date.now();
		try {
			await body();
			this.passed++;
			console.log(`ok   ${name} (${Date.now() - began} ms)`);
		} catch (e) {
			this.failed++;
			console.log(`FAIL ${name}\n     ${e.stack?.replaceAll('\n', '\n     ')}`);
		}
	}

	close() {
		console.log(`${this.passed} passed, ${this.failed} failed`);
		process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
	}
}
