// SPDX-License-Identifier: Apache-2.0
// route × role × organisation, from the route table: who is admitted, who is refused and how; and
// that rows of another organisation are answered exactly like rows that are not there.
import assert from 'node:assert/strict';
import { table } from './document.mjs';
import { honest } from './world.mjs';

const ladder = ['VIEWER', 'OPERATOR', 'ADMIN'];
const roles = { viewer: 'VIEWER', operator: 'OPERATOR', admin: 'ADMIN', other: 'OPERATOR', external: 'ADMIN' };
const principals = ['nobody', 'viewer', 'operator', 'admin', 'agent', 'other', 'external'];
/** They answer 401 and 403 about what is in their body, not about who calls. */
const doors = ['/api/auth/register', '/api/auth/login', '/api/auth/refresh', '/api/auth/change-password'];

/** Not there for anybody but who holds the signed address itself. */
const signedOnly = ['/api/media/{year}/{month}/{name}'];
/** Reading operations that have nothing to show in a server without demo, camera and worker. */
const absent = ['GET /api/public/status', 'GET /api/public/demo', 'GET /api/files/{id}/preview', 'GET /api/jobs/{id}/timelapse',
	'GET /api/camera/stream', 'GET /api/camera/snapshot'];

/** 'in', or the status of the refusal. */
function expected(r, who) {
	if (r.role === 'ANYONE')
		return 'in';
	if (who === 'nobody')
		return 401;
	if (signedOnly.includes(r.path))
		return 404;
	if (who === 'external' && r.family === 'l')
		return 401;
	if (who === 'agent')
		return r.agents ? 'in' : 403;
	return ladder.indexOf(roles[who]) >= ladder.indexOf(r.role) ? 'in' : 403;
}

export async function matrixTests(suite, stack, world) {
	const operation = (r) => world.document.operations.find((op) => op.name === `${r.method} ${r.path}`);
	const rows = table().filter((r) => r.path !== '/metrics');
	const ask = async (who, request) => {
		const answer = await world.send(await world.token(who), request);
		const ended = answer.status === 401 && who !== 'nobody'; // the session may have been signed out before
		return ended ? world.send(await world.token(who, true), request) : answer;
	};
	const say = (r, who, a) => `${r.method} ${r.path} as ${who}: ${a.status} ${a.text.slice(0, 300)}`;

	for (const who of principals)
		await suite.test(`S-012 S-025 every operation as ${who}: as the route table says, answered as the document says`, async () => {
			const wrong = [];
			for (const r of rows) {
				const op = operation(r), want = expected(r, who);
				const answer = await ask(who, world.request(op, { org: world.orgOf(who), ids: 'random' }));
				const refused = answer.status === 401 || answer.status === 403;
				if (!doors.includes(r.path) && (want === 'in' ? refused : answer.status !== want))
					wrong.push(`${say(r, who, answer)}: wanted ${want}`);
				const why = world.document.wrong(op, answer);
				if (why !== null)
					wrong.push(`${say(r, who, answer)}: ${why}`);
				if (answer.status >= 500 && !honest(answer))
					wrong.push(say(r, who, answer));
			}
			assert.deepEqual(wrong, []);
		});

	await suite.test('R-281 S-007 an organisation that is not the caller\'s is refused in every operation that names one', async () => {
		const wrong = [];
		for (const r of rows.filter((row) => row.family === 'p')) {
			const op = operation(r), request = world.request(op, { org: world.org });
			if (!`${request.path}${JSON.stringify(request.body ?? '')}`.includes(world.org))
				continue;
			for (const who of ['other', 'external']) {
				const answer = await ask(who, request);
				if (answer.status !== 403)
					wrong.push(say(r, who, answer));
			}
		}
		assert.deepEqual(wrong, []);
	});

	await suite.test('R-281 S-022 rows of another organisation are answered as if there were none, by every operation on one', async () => {
		const wrong = [];
		let tried = 0;
		for (const r of rows.filter((row) => /\{\w*[iI]d\}/.test(row.path) && world.idOf(row.path) !== undefined)) {
			const op = operation(r);
			for (const who of ['other', 'external']) {
				const [real, none] = [await ask(who, world.request(op, { org: world.orgOf(who), id: world.idOf(r.path), ids: 'random' })),
					await ask(who, world.request(op, { org: world.orgOf(who), ids: 'random' }))];
				tried++;
				const same = real.status === none.status && real.text.replaceAll(world.idOf(r.path), 'id') === none.text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
				if (!same)
					wrong.push(`${say(r, who, real)}; of a row that is not there: ${none.status} ${none.text.slice(0, 200)}`);
			}
		}
		assert.ok(tried > 20, `only ${tried} tried`);
		assert.deepEqual(wrong, []);
	});

	await suite.test('S-023 R-281 in any field too, a foreign row is answered like one that is not there, and nothing is written', async () => {
		const wrong = [], counts = () => stack.sql('SELECT (SELECT count(*) FROM print_jobs), (SELECT count(*) FROM printer_commands), (SELECT count(*) FROM print_attempts)')[0].join();
		const before = counts();
		let tried = 0;
		for (const r of rows) {
			const op = operation(r), request = (id) => world.request(op, { org: world.otherOrg, ids: id });
			for (const where of world.idFields(op)) {
				const [real, none] = [await ask('other', world.put(request('random'), where, where.real)), await ask('other', world.put(request('random'), where))];
				tried++;
				if (real.status !== none.status || real.text.replaceAll(where.real, 'id') !== none.text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id'))
					wrong.push(`${say(r, 'other', real)} for ${where.path}; of a row that is not there: ${none.status} ${none.text.slice(0, 200)}`);
			}
		}
		assert.ok(tried > 20, `only ${tried} tried`);
		assert.deepEqual(wrong, []);
		assert.equal(counts(), before, 'something was written');
	});

	await suite.test('every reading operation on what exists answers 200 as the document says', async () => {
		const wrong = [];
		for (const r of rows.filter((row) => row.method === 'GET')) {
			const op = operation(r);
			if (/\{/.test(r.path) && world.idOf(r.path) === undefined)
				continue;
			const answer = await ask('admin', world.request(op, { id: world.idOf(r.path) }));
			const why = world.document.wrong(op, answer);
			if (why !== null)
				wrong.push(`${say(r, 'admin', answer)}: ${why}`);
			else if (answer.status !== 200 && !absent.includes(op.name))
				wrong.push(say(r, 'admin', answer));
		}
		assert.deepEqual(wrong, []);
	});

	await suite.test('R-003 another method on every path: 405 in the family\'s form, with the right ones in Allow', async () => {
		const wrong = [];
		for (const path of new Set(rows.map((r) => r.path))) {
			const list = rows.filter((r) => r.path === path), known = list.map((r) => r.method), other = ['PATCH', 'PUT', 'DELETE', 'POST', 'GET'].find((m) => !known.includes(m));
			const request = world.request(operation(list[0]), {});
			const answer = await ask('nobody', { method: other, path: request.path });
			const allow = (answer.headers.allow ?? '').split(', ').filter((m) => m !== 'HEAD' && m !== 'OPTIONS').sort();
			const form = list[0].family === 'p' ? answer.json?.error === 'Method not allowed' : answer.json?.error?.code === 'METHOD_NOT_ALLOWED';
			if (answer.status !== 405 || !form || JSON.stringify(allow) !== JSON.stringify([...known].sort()))
				wrong.push(`${other} ${path}: ${answer.status} ${answer.headers.allow} ${answer.text}`);
		}
		assert.deepEqual(wrong, []);
	});

	await suite.test('HEAD on every reading operation: the status of GET and no body', async () => {
		const wrong = [];
		for (const r of rows.filter((row) => row.method === 'GET')) {
			const request = world.request(operation(r), { id: world.idOf(r.path) });
			const get = await ask('admin', request), head = await ask('admin', { ...request, method: 'HEAD' });
			if (head.status !== get.status || head.bytes.length !== 0)
				wrong.push(`${r.path}: ${get.status}, ${head.status} with ${head.bytes.length} bytes`);
		}
		assert.deepEqual(wrong, []);
	});
}
