// SPDX-License-Identifier: Apache-2.0
// The HTTP suite: every request file over FastCGI and again through plain CGI (Apache), then
// what a request file cannot say: tokens with wrong claims, races, aborted uploads, rate limits.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startStack, Suite } from '../lib/stack.mjs';
import { startApache } from './apache.mjs';
import { folder, parse, run } from './request.mjs';
import { plainTests } from './t_plain.mjs';
import { generalTests } from './t_general.mjs';
import { tokenTests } from './t_tokens.mjs';
import { raceTests } from './t_races.mjs';
import { wireTests } from './t_wire.mjs';
import { limitTests } from './t_limits.mjs';
import { answerTests } from './t_answers.mjs';
import { keptTests } from './t_kept.mjs';
import { analyticsTests } from './t_analytics.mjs';
import { observeTests } from './t_observe.mjs';
import { securityTests } from './t_security.mjs';

const vase = ';FLAVOR:Marlin\nM104 S200\nM140 S60\nG28\nG1 X10 Y10 Z0.2 F1200\nG1 X20 E1\nM104 S0\n';
const cube = () => {
	const bytes = Buffer.alloc(84 + 50 * 12);
	bytes.write('solid but binary', 0);
	bytes.writeUInt32LE(12, 80);
	return bytes;
};

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
const stack = await startStack({ services: ['cgi', 'nginx'], config: { 'http.action_wait': '2s',
	'web.cors_origin': 'https://shop.example,https://other.example:8443' } });
let plain;
try {
	const world = await prepare(stack);
	await requestFiles(suite, 'fastcgi', stack.url, stack, world);
	plain = await startApache(stack, 'plain');
	stack.sql('DELETE FROM print_jobs; DELETE FROM files; DELETE FROM printers;');
	await requestFiles(suite, 'cgi', plain.url, stack, world);
	await plainTests(suite, stack, world);
	await generalTests(suite, stack, world);
	await tokenTests(suite, stack, world);
	await raceTests(suite, stack, world);
	await answerTests(suite, stack, plain, world);
	await securityTests(suite, stack, world);
	await wireTests(suite, stack, world);
	await keptTests(suite, stack, world);
	await analyticsTests(suite, stack, world);
	await observeTests(suite, stack, world);
	await limitTests(suite, stack, world);
} catch (e) {
	suite.failed++;
	console.log(`FAIL the suite itself: ${e.stack}\n${stack.logs(30)}`);
} finally {
	await plain?.stop();
	await stack.stop();
}
suite.close();
