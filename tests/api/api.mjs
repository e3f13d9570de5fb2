// SPDX-License-Identifier: Apache-2.0
// The suite: one server, its own description, and everything that description promises.
import { startStack, Suite } from '../lib/stack.mjs';
import { documentTests } from './document.mjs';
import { matrixTests } from './matrix.mjs';
import { pageTests } from './pages.mjs';
import { fuzzTests } from './fuzz.mjs';
import { makeWorld } from './world.mjs';

const option = (name, usual) => {
	const i = process.argv.indexOf(`--${name}`);
	return i < 0 ? usual : Number(process.argv[i + 1]);
};
const requests = option('requests', 12000), seconds = option('seconds', 0), seed = option('seed', 20251112);

const suite = new Suite();
const stack = await startStack({ services: ['cgi', 'nginx'], config: { 'http.action_wait': '100ms',
	'http.command_wait': '100ms', 'web.cors_origin': 'https://app.example, https://other.example' } });
try {
	const world = await makeWorld(stack);
	await documentTests(suite, stack, world);
	await matrixTests(suite, stack, world);
	await pageTests(suite, stack, world);
	await fuzzTests(suite, stack, world, { requests, seconds, seed });
} catch (e) {
	suite.failed++;
	console.log(`FAIL the suite itself: ${e.stack}\n${stack.logs(30)}`);
} finally {
	await stack.stop();
}
suite.close();
