// SPDX-License-Identifier: Apache-2.0
// The profile without daemons (design: plain CGI, PostgreSQL, cron), behind Apache: it says what is
// off, an agent works a printer, an upload is analysed by `platenctl tick`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { program } from '../lib/stack.mjs';
import { startApache } from './apache.mjs';
import { exchange } from './request.mjs';

export async function plainTests(suite, stack, { values, tokens }) {
	const apache = await startApache(stack, 'shared', { 'core.daemons': 'off' });
	const ask = async (method, path, { token = tokens.admin, json, headers = {}, body } = {}) => {
		const r = await exchange(apache.url, { method, path, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}),
			...(json ? { 'content-type': 'application/json' } : {}), ...headers }, body: json ? JSON.stringify(json) : body });
		return { ...r, json: /json/.test(r.headers['content-type'] ?? '') ? JSON.parse(r.text) : null };
	};
	const tick = () => spawnSync(program('platenctl'), ['--config', apache.config, 'tick'], { encoding: 'utf8' });
	try {
		await suite.test('without daemons: /health and pages say what is off', async () => {
			const health = await ask('GET', '/health', { token: null });
			assert.equal(health.status, 200);
			assert.deepEqual(health.json.unavailable, ['serial printers', 'live updates', 'cameras']);
			assert.deepEqual(health.json.components, { database: true, spooler: false, live: false, worker: false });
			assert.equal((await (await fetch(`${stack.url}/health`)).json()).unavailable, undefined);
			const cookies = (r) => [r.headers['set-cookie'] ?? []].flat().map((c) => c.split(';')[0]).join('; ');
			const form = await ask('GET', '/sign-in', { token: null }), csrf = /name="_csrf" value="([^"]*)"/.exec(form.text)[1];
			const signed = await ask('POST', '/sign-in', { token: null, headers: { cookie: cookies(form), origin: apache.url,
				'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ ...stack.admin, _csrf: csrf }).toString() });
			assert.equal(signed.status, 303, signed.text);
			const cookie = cookies(signed);
			for (const path of ['/', '/jobs', '/files']) {
				const page = await ask('GET', path, { token: null, headers: { cookie } });
				assert.equal(page.status, 200);
				assert.match(page.text, /runs without background programs/);
				assert.equal(/http-equiv="refresh"/.test(page.text), path !== '/files');
			}
			const css = await ask('GET', '/static/platen.css', { token: null });
			assert.equal(css.status, 200);
			assert.match(css.headers['content-type'], /text\/css/);
		});
		await suite.test('without daemons: a serial printer is refused with the reason, a remote one is added', async () => {
			const printer = (more) => ask('POST', '/api/printers', { json: { organizationId: values.org, name: 'Shed', ...more } });
			const serial = await printer({ connection_type: 'usb', serial_device: '/dev/ttyUSB0' });
			assert.equal(serial.status, 400);
			assert.match(serial.text, /Serial printers are off/);
			assert.equal((await printer({ connection_type: 'network' })).status, 201);
		});
		await suite.test('without daemons: platenctl tick analyses an upload; a download is sent whole', async () => {
			const form = new FormData();
			form.append('file', new Blob([values.vase]), 'tick.gcode');
			const upload = await fetch(`${apache.url}/api/files/upload`, { method: 'POST', body: form, headers: { authorization: `Bearer ${tokens.admin}` } });
			assert.equal(upload.status, 201, await upload.clone().text());
			const { id } = (await upload.json()).data.file;
			const analysed = () => stack.sql(`SELECT analysis IS NOT NULL FROM files WHERE id = '${id}'`)[0][0];
			assert.equal(analysed(), 'f');
			const run = tick();
			assert.equal(run.status, 0, run.stderr);
			assert.equal(analysed(), 't');
			assert.equal(tick().status, 0, 'nothing due is no failure');
			const down = await ask('GET', `/api/files/${id}/download`);
			assert.equal(down.status, 200);
			assert.equal(down.text, values.vase);
		});
		await suite.test('without daemons: tick with the database away fails and says so', () => {
			const r = spawnSync(program('platenctl'), ['--config', apache.config, 'tick'],
				{ encoding: 'utf8', env: { ...process.env, DATABASE_URL: `host=${stack.dir}/nowhere dbname=platen` } });
			assert.equal(r.status, 1);
			assert.match(r.stderr, /database/i);
		});
	} finally {
		await apache.stop();
	}
}
