// SPDX-License-Identifier: Apache-2.0
// apache - Apache runs platen-cgi as a plain CGI program, configured by the file that is shipped
// (packaging/apache/platen.conf), with a storage and a run.dir of its own.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, program, SOURCE, until } from '../lib/stack.mjs';
import { exchange } from './request.mjs';

const modules = '/usr/lib/apache2/modules';
const loaded = ['mpm_event', 'authz_core', 'alias', 'env', 'headers', 'mime', 'cgid'];
const root = process.getuid() === 0;

/* Apache serves nothing as root. Its user may not look into our folders, so it gets copies. */
function owned(dir) {
	if (root && spawnSync('chown', ['-R', 'www-data:www-data', dir]).status !== 0)
		throw new Error(`chown of ${dir}`);
}

/** A server with the stack's database and `more` configuration: {url, config, dir, stop}. */
export async function startApache(stack, name, more = {}) {
	const port = await freePort(), dir = join(stack.dir, name), config = join(dir, 'platen.conf');
	for (const d of ['storage', 'spool', 'run'])
		mkdirSync(join(dir, d), { recursive: true });
	cpSync(program('platen-cgi'), join(dir, 'platen-cgi'));
	cpSync(join(SOURCE, 'templates'), join(dir, 'templates'), { recursive: true });
	cpSync(join(stack.dir, 'static'), join(dir, 'static'), { recursive: true });
	const values = { ...stack.config, 'storage.dir': join(dir, 'storage'), 'storage.spool_dir': join(dir, 'spool'),
		'run.dir': join(dir, 'run'), 'run.pid_dir': join(dir, 'run'), 'web.template_dir': join(dir, 'templates'), ...more };
	writeFileSync(config, Object.entries(values).filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	chmodSync(join(dir, 'platen-cgi'), 0o755);
	owned(dir);
	const passed = ['ASAN_OPTIONS', 'UBSAN_OPTIONS'].filter((n) => process.env[n]).map((n) => `PassEnv ${n}\n`).join('');
	writeFileSync(join(dir, 'apache.conf'), `ServerRoot ${dir}
ServerName 127.0.0.1
ServerTokens Prod
TraceEnable Off
PidFile ${dir}/run/apache.pid
ErrorLog ${stack.dir}/log/${name}.log
Listen 127.0.0.1:${port}
${loaded.map((m) => `LoadModule ${m}_module ${modules}/mod_${m}.so\n`).join('')}${root ? 'User www-data\nGroup www-data\n' : ''}
ScriptSock ${dir}/run/cgid.sock
DefaultRuntimeDir ${dir}/run
TypesConfig /etc/mime.types
${passed}Define PLATEN_CGI ${dir}/platen-cgi
Define PLATEN_CONFIG ${config}
Define PLATEN_STATIC ${dir}/static
Include ${SOURCE}/packaging/apache/platen.conf
`);
	const child = spawn('/usr/sbin/apache2', ['-f', join(dir, 'apache.conf'), '-DFOREGROUND'], { stdio: 'ignore' });
	const url = `http://127.0.0.1:${port}`, ended = new Promise((done) => child.on('exit', done));
	const stop = async () => {
		child.kill('SIGTERM');
		await ended;
	};
	try {
		await until('Apache answers', async () => (await exchange(url, { method: 'GET', path: '/api/health' })).status === 200);
	} catch (e) {
		await stop();
		throw e;
	}
	return { url, config, dir, stop };
}
