// SPDX-License-Identifier: Apache-2.0
// The HTTP suite: every request file over FastCGI and again through plain CGI (fcgiwrap), then
// what a request file cannot say: tokens with wrong claims, races, aborted uploads, rate limits.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BUILD, freePort, program, startStack, Suite, until } from '../lib/stack.mjs';
import { exchange, folder, parse, run } from './request.mjs';
import { tokenTests } from './t_tokens.mjs';
import { raceTests } from './t_races.mjs';
import { wireTests } from './t_wire.mjs';
import { limitTests } from './t_limits.mjs';
import { analyticsTests } from './t_analytics.mjs';

const vase = ';FLAVOR:Marlin\nM104 S200\nM140 S60\nG28\nG1 X10 Y10 Z0.2 F1200\nG1 X20 E1\nM104 S0\n';
const cube = () => {
	const bytes = Buffer.alloc(84 + 50 * 12);
	bytes.write('solid but binary', 0);
	bytes.writeUInt32LE(12, 80);
	return bytes;
};

/** fcgiwrap runs the same binary once for every request, without X-Accel. */
async function startPlain(stack) {
	const port = await freePort(), socket = join(stack.dir, 'run/wrap.sock');
	const wrap = spawn('/usr/sbin/fcgiwrap', ['-c', '4', '-s', `unix:${socket}`], { stdio: 'ignore', env: { ...process.env }, detached: true });
	await until('fcgiwrap', () => existsSync(socket));
	const conf = join(stack.dir, 'etc/plain.conf');
	const param = (name, value) => `fastcgi_param ${name} ${value};\n`;
	writeFileSync(conf, `${process.getuid() === 0 ? 'user root;\n' : ''}pid ${stack.dir}/run/plain.pid;
error_log ${stack.dir}/log/plain.log warn;
events {}
http {
	access_log off; merge_slashes off; client_max_body_size 600m; client_body_temp_path ${stack.dir}/tmp/b;
	fastcgi_temp_path ${stack.dir}/tmp/f; proxy_temp_path ${stack.dir}/tmp/p; uwsgi_temp_path ${stack.dir}/tmp/u;
	scgi_temp_path ${stack.dir}/tmp/s;
	server { listen 127.0.0.1:${port}; location / { fastcgi_pass unix:${socket}; fastcgi_read_timeout 60s;
${[['GATEWAY_INTERFACE', 'CGI/1.1'], ['SERVER_PROTOCOL', '$server_protocol'], ['REQUEST_METHOD', '$request_method'],
		['REQUEST_URI', '$request_uri'], ['QUERY_STRING', '$query_string'], ['CONTENT_TYPE', '$content_type'],
		['CONTENT_LENGTH', '$content_length'], ['REMOTE_ADDR', '$remote_addr'], ['SCRIPT_FILENAME', program('platen-cgi')],
		['PLATEN_CONFIG', stack.configFile]].map(([n, v]) => param(n, v)).join('')}	} }
}
`);
	const nginx = spawn(existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx',
		['-p', stack.dir, '-c', conf, '-g', 'daemon off;'], { stdio: 'inherit' });
	const url = `http://127.0.0.1:${port}`;
	await until('plain CGI answers', async () => (await exchange(url, { method: 'GET', path: '/api/health' })).status === 200);
	return { url, stop: () => Promise.all([nginx, wrap].map((child) => new Promise((done) => {
		child.on('exit', done);
		if (child === wrap)
			process.kill(-wrap.pid, 'SIGKILL'); // its children do not follow it
		else
			child.kill('SIGTERM');
	}))) };
}

async function prepare(stack) {
	const files = join(stack.dir, 'samples');
	mkdirSync(files, { recursive: true });
	writeFileSync(join(files, 'vase.gcode'), vase);
	writeFileSync(join(files, 'cube.stl'), cube());
	writeFileSync(join(files, 'noise.bin'), Buffer.from([0, 1, 2, 3, 0, 255, 254]));
	const values = { org: stack.org, files, vase, foreign: randomUUID(), none: randomUUID() };
	const tokens = { admin: stack.token, operator: await stack.user('olga', 'OPERATOR'), viewer: await stack.user('vera', 'VIEWER') };
	const sign = (claims, { secret = stack.config['auth.jwt_secret'], header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256' } = {}) => {
		const part = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url');
		const head = `${part(header)}.${part(claims)}`;
		return `${head}.${createHmac(hash, secret).update(head).digest('base64url')}`;
	};
	values.outsider = randomUUID();
	values.outsiderOrg = randomUUID();
	tokens.outsider = sign({ userId: values.outsider, organizationId: values.outsiderOrg, role: 'owner' });
	tokens.agent = sign({ sub: randomUUID(), organizationId: stack.org, role: 'AGENT' });
	tokens.homeless = sign({ userId: randomUUID() });
	return { values, tokens, sign };
}

async function requestFiles(suite, label, base, stack, { values, tokens }) {
	const own = { ...values };
	for (const file of readdirSync(folder).filter((f) => f.endsWith('.req')).sort())
		for (const c of parse(join(folder, file))) {
			if (c.transport !== undefined && c.transport !== label)
				continue;
			await suite.test(`${label} ${file}: ${c.name}`, () => run(c, base, tokens, own));
		}
}

const suite = new Suite();
const stack = await startStack({ services: ['cgi', 'nginx'], config: { 'http.action_wait': '2s' } });
let plain;
try {
	const world = await prepare(stack);
	await requestFiles(suite, 'fastcgi', stack.url, stack, world);
	plain = await startPlain(stack);
	stack.sql('DELETE FROM print_jobs; DELETE FROM files; DELETE FROM printers;');
	await requestFiles(suite, 'cgi', plain.url, stack, world);
	await tokenTests(suite, stack, world);
	await raceTests(suite, stack, world);
	await wireTests(suite, stack, world);
	await analyticsTests(suite, stack, world);
	await limitTests(suite, stack, world);
} catch (e) {
	suite.failed++;
	console.log(`FAIL the suite itself: ${e.stack}\n${stack.logs(30)}`);
} finally {
	await plain?.stop();
	await stack.stop();
}
suite.close();
