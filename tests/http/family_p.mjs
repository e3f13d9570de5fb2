// SPDX-License-Identifier: Apache-2.0
// Family P where request files do not reach: what happens at once, agents with keys, a simulated
// printer of our own, sockets, and the hand-over to a printer backend that answers over HTTPS.
//
//   node family_p.mjs [WORD...]    only tests whose name contains one of these words
import { createHmac, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { startStack, Suite, until } from '../lib/stack.mjs';
import { agentTests } from './t_agents.mjs';
import { backendTests } from './t_backend.mjs';
import { localTests } from './t_local.mjs';
import { sliceJobTests } from './t_slice_jobs.mjs';

const words = process.argv.slice(2);
class Chosen extends Suite {
	async test(name, body) {
		if (words.length === 0 || words.some((w) => name.includes(w)))
			await super.test(name, body);
	}
}

/** What the tests share: tokens, calls with the organisation in place, files, printers, jobs. */
class World {
	constructor(stack, tokens) {
		Object.assign(this, { stack, tokens });
	}

	sign(claims) {
		const part = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
		const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
		return `${head}.${createHmac('sha256', this.stack.config['auth.jwt_secret']).update(head).digest('base64url')}`;
	}

	post(path, json = {}, token = this.tokens.operator) {
		return this.stack.call('POST', path, { token, json: { organizationId: this.stack.org, ...json } });
	}

	put(path, json = {}, token = this.tokens.agent) {
		return this.stack.call('PUT', path, { token, json: { organizationId: this.stack.org, ...json } });
	}

	get(path, token = this.tokens.viewer) {
		return this.stack.call('GET', `${path}${path.includes('?') ? '&' : '?'}organizationId=${this.stack.org}`, { token });
	}

	async made(path, json, token) {
		const r = await this.post(path, json, token);
		if (r.status !== 201)
			throw new Error(`${path}: ${r.status} ${r.text}`);
		return r.json;
	}

	printer(name, more = {}) {
		return this.made('/api/printers', { name, ...more }, this.stack.token);
	}

	job(file, more = {}) {
		return this.made('/api/print-jobs', { product_id: file, ...more });
	}

	send(job, printer, token) {
		return this.post(`/api/print-jobs/${job}/send`, { printerId: printer }, token);
	}

	async state(job) {
		return (await this.get(`/api/print-jobs/${job}`)).json;
	}

	/** The workers again, with other settings (null: none). */
	async settings(more) {
		const { stack } = this;
		Object.assign(stack.config, more);
		writeFileSync(stack.configFile, Object.entries(stack.config).filter(([, v]) => v !== null)
			.map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
		await stack.services.cgi.stop();
		await stack.start('cgi');
		await until('the workers are back', async () => (await stack.call('GET', '/health')).status === 200);
	}
}

const suite = new Chosen();
const stack = await startStack({ printers: 1, simSpeed: 200, config: { 'queue.auto_start': 'on' } });
try {
	const tokens = { operator: await stack.user('olga', 'OPERATOR'), viewer: await stack.user('vera', 'VIEWER') };
	const world = new World(stack, tokens);
	tokens.agent = world.sign({ sub: randomUUID(), organizationId: stack.org, role: 'AGENT' });
	await agentTests(suite, world);
	await localTests(suite, world);
	await sliceJobTests(suite, world);
	await backendTests(suite, world);
} catch (e) {
	suite.failed++;
	console.log(`FAIL the suite itself: ${e.stack}\n${stack.logs(30)}`);
} finally {
	await stack.stop();
}
suite.close();
