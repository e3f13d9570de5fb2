// SPDX-License-Identifier: Apache-2.0
// The first account of an empty installation (S-019, R-013). Its code is the only token of S-029's kind:
// nobody is invited, and an ADMIN sets passwords anew. Empties the stack: last of its suite.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

export async function setupTests(suite, stack, { restartWith }) {
	const test = (name, body) => suite.test(name, body);
	const register = (i, more = {}) => stack.call('POST', '/api/auth/register', { token: null, json: { email: `first${i}@platen.test`, username: `first${i}`, password: 'a good pass phrase', ...more } });
	const code = (r) => `${r.status} ${r.json?.error?.code ?? ''}`.trim();
	const setupCode = 'one-time-code-of-a-test';

	await test('S-019 with an ADMIN there is no set-up any more', async () => {
		await restartWith({ 'auth.registration': 'closed' });
		stack.sql(`SELECT auth.new_setup_code('${createHash('sha256').update(setupCode).digest('hex')}')`);
		assert.equal(code(await register(0, { setupCode })), '403 REGISTRATION_CLOSED');
	});
	await test('S-019 S-029 the first account needs the code; of eight at once one is ADMIN, the others are refused', async () => {
		stack.sql(`DELETE FROM print_jobs; DELETE FROM files; DELETE FROM users;`);
		assert.equal(code(await register(1)), '403 REGISTRATION_CLOSED');
		assert.equal(code(await register(1, { setupCode: 'wrong' })), '403 REGISTRATION_CLOSED');
		const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => register(i + 2, { setupCode })));
		assert.deepEqual(answers.map((a) => a.status).sort(), [201, 403, 403, 403, 403, 403, 403, 403], answers.map(code).join(', '));
		assert.equal(answers.find((a) => a.status === 201).json.data.user.role, 'ADMIN');
		assert.deepEqual(stack.sql('SELECT count(*) FROM users'), [['1']]);
		assert.equal(code(await register(99, { setupCode })), '403 REGISTRATION_CLOSED');
	});
}
