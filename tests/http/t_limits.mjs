// SPDX-License-Identifier: Apache-2.0
// Rate limits, with a server that has them switched on.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { until } from '../lib/stack.mjs';

async function restartWith(stack, more) {
	Object.assign(stack.config, more);
	writeFileSync(stack.configFile, Object.entries(stack.config).filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	await stack.services.cgi.stop();
	await stack.start('cgi');
	await until('the workers are back', async () => (await stack.call('GET', '/health')).status === 200);
}

export async function limitTests(suite, stack, { tokens, sign }) {
	stack.sql('DELETE FROM rate_limits');
	await restartWith(stack, { 'rate_limit.enabled': 'true', 'rate.api.points': 5, 'rate.api.window': '60s', 'rate.control.points': 3 });

	await suite.test('R-271 class api: points, headers, 429 with Retry-After', async () => {
		const answers = [];
		for (let i = 0; i < 7; i++)
			answers.push(await stack.call('GET', '/api/jobs', { token: tokens.viewer }));
		assert.deepEqual(answers.map((a) => a.status), [200, 200, 200, 200, 200, 429, 429]);
		assert.equal(answers[0].headers.get('x-ratelimit-limit'), '5');
		assert.equal(answers[0].headers.get('x-ratelimit-remaining'), '4');
		const left = Number(answers[5].headers.get('retry-after'));
		assert.ok(left >= 1 && left <= 60);
		assert.equal(answers[5].json.error.code, 'RATE_LIMIT_EXCEEDED');
		assert.equal(answers[5].json.error.retryAfter, left);
		assert.equal(answers[5].headers.get('x-ratelimit-remaining'), '0');
	});
	await suite.test('R-274 others are not hit, and another class counts apart', async () => {
		assert.equal((await stack.call('GET', '/api/jobs')).status, 200);
		assert.equal((await stack.call('GET', `/api/printers?organizationId=${stack.org}`, { token: tokens.viewer })).status, 200);
	});
	await suite.test('R-273 class control is shared by all workers', async () => {
		const statuses = [];
		for (let i = 0; i < 4; i++)
			statuses.push((await stack.call('POST', '/api/printer/home', { token: tokens.operator, json: { axes: [] } })).status);
		assert.deepEqual(statuses, [400, 400, 400, 429]);
	});
	await suite.test('R-119 an emergency stop is never refused', async () => {
		for (let i = 0; i < 8; i++)
			assert.notEqual((await stack.call('POST', '/api/printer/emergency-stop', { token: tokens.operator })).status, 429);
	});
	await suite.test('R-272 S-015 class auth: five tries for one address, whatever the client claims to be', async () => {
		const statuses = [];
		for (let i = 0; i < 6; i++)
			statuses.push((await stack.call('POST', '/api/auth/login', { token: null, json: { email: 'Vera@platen.test', password: 'wrong' },
				headers: { 'x-forwarded-for': `198.51.100.${i}` } })).status);
		assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
		assert.equal((await stack.call('POST', '/api/auth/login', { token: null, json: { email: 'olga@platen.test', password: 'password of olga' } })).status, 200);
	});
	await suite.test('R-032 organisations of external tokens are made on first use only where that is wanted', async () => {
		const ask = async () => {
			const org = randomUUID();
			return (await stack.call('GET', `/api/printers?organizationId=${org}`, { token: sign({ userId: randomUUID(), organizationId: org }) })).status;
		};
		assert.equal(await ask(), 200);
		await restartWith(stack, { 'auth.jit_organizations': 'off' });
		assert.equal(await ask(), 403);
		await restartWith(stack, { 'db.url': `postgresql:///platen?host=${encodeURIComponent(`${stack.dir}/pg/sock`)}&user=platen&password=test` });
		assert.equal(await ask(), 403);
	});
	await suite.test('probes are not limited', async () => {
		for (let i = 0; i < 20; i++)
			assert.equal((await stack.call('GET', '/api/health', { token: null })).status, 200);
	});
}
