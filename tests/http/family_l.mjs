// SPDX-License-Identifier: Apache-2.0
// Family L by the numbers of the checklist: accounts and sessions, administration, organisations,
// files, slices, signed addresses, limits, audit; then, on a simulated printer, control and jobs.
//
//   node family_l.mjs [WORD...]    only tests whose name contains one of these words
import { createHmac, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { startStack, Suite, until } from '../lib/stack.mjs';
import { accountTests } from './t_accounts.mjs';
import { auditTests } from './t_audit.mjs';
import { controlTests } from './t_control.mjs';
import { familyFileTests } from './t_family_files.mjs';
import { familyLimitTests } from './t_family_limits.mjs';
import { floodTests } from './t_flood.mjs';
import { organizationTests } from './t_organizations.mjs';
import { peopleTests } from './t_people.mjs';
import { setupTests } from './t_setup.mjs';

/** A token of any claims, signed like ours or not. */
const signer = (stack) => (claims, { secret = stack.config['auth.jwt_secret'], header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256' } = {}) => {
	const part = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url');
	const head = `${part(header)}.${part(claims)}`;
	return `${head}.${createHmac(hash, secret).update(head).digest('base64url')}`;
};

/** The workers again, with other settings. */
export async function restartWith(stack, more) {
	Object.assign(stack.config, more);
	writeFileSync(stack.configFile, Object.entries(stack.config).filter(([, v]) => v !== null).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	await stack.services.cgi.stop();
	await stack.start('cgi');
	await until('the workers are back', async () => (await stack.call('GET', '/health')).status === 200);
}

const words = process.argv.slice(2);
class Chosen extends Suite {
	async test(name, body) {
		if (words.length === 0 || words.some((w) => name.includes(w)))
			await super.test(name, body);
	}
}

const suite = new Chosen();
async function onStack(options, parts) {
	const stack = await startStack(options);
	try {
		const world = { sign: signer(stack), restartWith: (more) => restartWith(stack, more),
			tokens: { admin: stack.token, operator: await stack.user('olga', 'OPERATOR'), viewer: await stack.user('vera', 'VIEWER') } };
		world.id = Object.fromEntries(stack.sql('SELECT username, id FROM users'));
		for (const part of parts)
			await part(suite, stack, world);
	} catch (e) {
		suite.failed++;
		console.log(`FAIL the suite itself: ${e.stack}\n${stack.logs(30)}`);
	} finally {
		await stack.stop();
	}
}

await onStack({ services: ['cgi', 'nginx'], config: { 'auth.bcrypt_rounds': 8, 'slicer.path': '/bin/true', 'slicer.sync_wait': '300ms' } },
	[accountTests, peopleTests, organizationTests, familyFileTests, auditTests, familyLimitTests, setupTests]);
await onStack({ config: { 'http.action_wait': '5s', 'http.command_wait': '4s' }, simSpeed: 20 }, [controlTests, floodTests]);
suite.close();
