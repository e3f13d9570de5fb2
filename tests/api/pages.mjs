// SPDX-License-Identifier: Apache-2.0
// The pages' part of the matrix: every page and form as every role, and no act without its token.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { table } from './document.mjs';

const ladder = ['VIEWER', 'OPERATOR', 'ADMIN'];
const people = { vera: 'VIEWER', olga: 'OPERATOR', ada: 'ADMIN' };
/** Their own proof is in the body, not in the session. */
const own = ['POST /sign-in', 'POST /printers/{id}/stop'];

const csrfOf = (text) => /(?:name="_csrf" value|data-csrf)="([^"]+)"/.exec(text)?.[1];
const cookiesOf = (answer) => [answer.headers['set-cookie'] ?? []].flat().map((c) => c.split(';')[0]).join('; ');

export async function pageTests(suite, stack, world) {
	const rows = table('web');
	const call = ({ method, path }, browser, { csrf = browser?.csrf, body = '' } = {}) => world.send(undefined, { method,
		path: path.replace(/\{\w+\}/g, () => randomUUID()), body: method === 'GET' ? undefined : body, headers: {
			...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: stack.url }),
			...(browser ? { cookie: browser.cookie } : {}), ...(csrf && method !== 'GET' ? { 'x-csrf-token': csrf } : {}) } });
	const open = async (name) => {
		const form = await world.send(undefined, { method: 'GET', path: '/sign-in' });
		const answer = await world.send(undefined, { method: 'POST', path: '/sign-in',
			body: `email=${name}%40platen.test&password=${encodeURIComponent(`password of ${name}`)}&next=%2F&_csrf=${encodeURIComponent(csrfOf(form.text))}`,
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: stack.url, cookie: cookiesOf(form) } });
		assert.equal(answer.status, 303, answer.text.slice(0, 300));
		const cookie = cookiesOf(answer), page = await world.send(undefined, { method: 'GET', path: '/', headers: { cookie } });
		return { cookie, csrf: csrfOf(page.text) };
	};
	const say = (r, who, a) => `${r.method} ${r.path} as ${who}: ${a.status} ${a.headers.location ?? ''} ${a.text.replace(/\s+/g, ' ').slice(0, 160)}`;

	await suite.test('S-012 every page without a session leads to signing in, every form is refused', async () => {
		const wrong = [];
		for (const r of rows.filter((row) => row.role !== 'ANYONE')) {
			const a = await call(r, null), asked = a.status === 303 && (a.headers.location ?? '').startsWith('/sign-in');
			if (!(asked || (r.method !== 'GET' && [401, 403].includes(a.status))))
				wrong.push(say(r, 'nobody', a));
		}
		assert.deepEqual(wrong, []);
	});
	for (const [name, role] of Object.entries(people))
		await suite.test(`S-012 every page and form as ${role}`, async () => {
			const wrong = [], browser = await open(name);
			for (const r of rows.filter((row) => row.role !== 'ANYONE' && row.path !== '/sign-out')) {
				const a = await call(r, browser), entitled = ladder.indexOf(role) >= ladder.indexOf(r.role);
				if (entitled ? [401, 403].includes(a.status) || (a.status >= 500 && a.status !== 503) || (a.headers.location ?? '').startsWith('/sign-in') : a.status !== 403)
					wrong.push(`${say(r, role, a)}: ${entitled ? 'is entitled' : 'is not entitled'}`);
			}
			assert.deepEqual(wrong, []);
		});
	await suite.test('S-033 no form acts with the cookie alone', async () => {
		const wrong = [], browser = await open('ada');
		for (const r of rows.filter((row) => row.method !== 'GET' && !own.includes(`${row.method} ${row.path}`)))
			for (const csrf of ['', 'x', '0'.repeat(64)]) {
				const a = await call(r, browser, { csrf });
				if (a.status !== 403)
					wrong.push(say(r, `admin with token "${csrf.slice(0, 2)}"`, a));
			}
		assert.deepEqual(wrong, []);
	});
}
