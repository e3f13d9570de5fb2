// SPDX-License-Identifier: Apache-2.0
// The whole server, as two clients written for two older designs know it.
import { startStack, Suite } from '../lib/stack.mjs';
import { lezerprint } from './lezerprint.mjs';
import { printpro3d } from './printpro3d.mjs';

const lives = { lezerprint, printpro3d }, wanted = process.argv.slice(2);
const suite = new Suite();
const stack = await startStack({ printers: 1, simSpeed: 60 });
try {
	for (const [name, life] of Object.entries(lives))
		if (wanted.length === 0 || wanted.includes(name))
			await life(suite, stack);
} catch (e) {
	suite.failed++;
	console.log(`FAIL the suite itself: ${e.stack}`);
} finally {
	if (suite.failed > 0)
		console.log(stack.logs(20));
	await stack.stop();
}
suite.close();
