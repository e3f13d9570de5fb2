// SPDX-License-Identifier: Apache-2.0
// The description itself: valid, complete, the same in both forms, its examples true.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { program } from '../lib/stack.mjs';
import { SwaggerParser, yaml } from './world.mjs';

/** Contract §2.4, what stands there to be answered over HTTP. */
const promised = `GET /health
POST /api/printers|GET /api/printers|GET /api/printers/{id}|PUT /api/printers/{id}|DELETE /api/printers/{id}
POST /api/print-jobs|POST /api/print-jobs/{id}/send|GET /api/print-jobs|GET /api/print-jobs/{id}
PUT /api/print-jobs/{id}/status|POST /api/print-jobs/{id}/cancel|DELETE /api/print-jobs/{id}
POST /api/printer-commands|GET /api/printer-commands|GET /api/printer-commands/pending
PUT /api/printer-commands/{id}/status|DELETE /api/printer-commands/{id}
POST /api/printer-status|GET /api/printer-status/latest/{printerId}|GET /api/printer-status/history/{printerId}
POST /api/auth/register|POST /api/auth/login|POST /api/auth/refresh|POST /api/auth/logout|GET /api/auth/me
GET /api/printer/status|POST /api/printer/command|POST /api/printer/home|POST /api/printer/move
POST /api/printer/temperature|POST /api/printer/emergency-stop|POST /api/printer/pause|POST /api/printer/resume
POST /api/printer/cancel|GET /api/files|GET /api/files/{id}|POST /api/files/upload|DELETE /api/files/{id}
POST /api/files/{id}/slice|GET /api/files/{id}/preview|GET /api/files/{id}/download
GET /api/jobs|GET /api/jobs/current|GET /api/jobs/{id}|POST /api/jobs/start|POST /api/jobs/{id}/pause
POST /api/jobs/{id}/resume|POST /api/jobs/{id}/cancel|GET /api/jobs/{id}/timelapse
GET /api/analytics/dashboard|GET /api/analytics/statistics|GET /api/analytics/materials|GET /api/analytics/failures
POST /api/analytics/predict|GET /api/camera/stream|GET /api/camera/snapshot|POST /api/camera/record/start
POST /api/camera/record/stop|GET /api/camera/settings|POST /api/camera/settings
GET /metrics|GET /api/openapi.yaml|GET /api/public/status|GET /api/public/demo|GET /api/health|GET /api/status`.split(/[\n|]/);

/** The rows of the route table: the API's, or the pages'. */
export function table(which = 'api') {
	return execFileSync(program('platen-cgi'), ['--print-routes'], { encoding: 'utf8' }).trim().split('\n').map((line) => {
		const [method, path, role, rate, pool, family] = line.split('\t');
		return { method, path: path.replace(/:(\w+)/g, '{$1}'), role: role.replace('+AGENT', ''), agents: role.endsWith('+AGENT'), rate, pool, family };
	}).filter((r) => (r.family === 'web') === (which === 'web'));
}

export async function documentTests(suite, stack, world) {
	const { document, documentAnswers } = world, doc = document.doc;

	await suite.test('R-295 the document is valid OpenAPI 3.0 by a public validator', async () => {
		assert.match(doc.openapi, /^3\.0\./);
		await SwaggerParser.validate(structuredClone(doc));
	});
	await suite.test('R-295 the YAML form says the same as the JSON form', () => {
		assert.match(documentAnswers.yaml.headers.get('content-type'), /^application\/yaml/);
		assert.deepEqual(yaml.load(documentAnswers.yaml.text), doc);
	});
	await suite.test('R-295 it has every operation of the route table, with its role and rate class, and no other', () => {
		const rows = table();
		assert.deepEqual(document.operations.map((op) => op.name).sort(), rows.map((r) => `${r.method} ${r.path}`).sort());
		for (const r of rows) {
			const op = document.operations.find((o) => o.name === `${r.method} ${r.path}`);
			assert.deepEqual([op['x-role'], op['x-agents'], op['x-rate-class'], op.family.toLowerCase()], [r.role, r.agents, r.rate, r.family], op.name);
		}
	});
	await suite.test('R-295 it has every endpoint of the contract', () => {
		const has = new Set(document.operations.map((op) => op.name));
		assert.deepEqual(promised.filter((name) => !has.has(name)), []);
	});
	await suite.test('R-295 it uses bearerAuth wherever a token is needed, and nowhere else', () => {
		assert.deepEqual(doc.components.securitySchemes.bearerAuth.scheme, 'bearer');
		for (const op of document.operations)
			assert.equal(op.security.some((s) => 'bearerAuth' in s), op['x-role'] !== 'ANYONE', op.name);
	});
	await suite.test('R-295 family L lies in its envelope, refusals too; family P is bare', () => {
		for (const op of document.operations)
			for (const status of Object.keys(op.responses)) {
				const schema = document.response(op, status).content?.['application/json']?.schema;
				if (schema === undefined || /openapi|\/api\/(health|status)$/.test(op.path))
					continue;
				const props = schema.$ref ? doc.components.schemas[schema.$ref.split('/').at(-1)].properties : schema.properties;
				if (op.family === 'L')
					assert.ok(props.success && (status < 400 ? 'data' in props : 'error' in props), `${op.name} ${status}`);
				else
					assert.ok(!props?.success || op.name.endsWith('/send'), `${op.name} ${status}`);
			}
	});
	await suite.test('R-295 every operation says what it is for and shows an example that its own schema accepts', () => {
		const wrong = [];
		const check = (where, schema, example) => {
			const why = example === undefined ? 'there is none' : document.errors(where, schema, example, false);
			if (why !== null)
				wrong.push(`${where}: ${why}`);
		};
		for (const op of document.operations) {
			assert.ok(op.summary?.length > 10, op.name);
			for (const p of op.parameters)
				check(`${op.name} parameter ${p.name}`, p.schema, p.example);
			for (const [type, c] of Object.entries(op.requestBody?.content ?? {}))
				check(`${op.name} body ${type}`, c.schema, c.example);
			for (const status of Object.keys(op.responses))
				for (const [type, c] of Object.entries(document.response(op, status).content ?? {}))
					if (type === 'application/json')
						check(`${op.name} answer ${status}`, c.schema, c.example);
		}
		assert.deepEqual(wrong, []);
	});
	await suite.test('R-295 every kind of content of a file is described', () => {
		const types = (path, status) => Object.keys(doc.paths[path].get.responses[status].content);
		const kinds = ['model/stl', 'text/x.gcode', 'model/obj', 'model/3mf'];
		assert.deepEqual(types('/api/files/{id}/download', 200), kinds);
		assert.deepEqual(types('/api/files/{id}/download', 206), [...kinds, 'multipart/byteranges']);
		assert.deepEqual(types('/api/files/{id}/preview', 200), ['image/png', 'application/json']);
	});
	await suite.test('R-295 who has the document is told so', async () => {
		const etag = documentAnswers.json.headers.get('etag');
		const again = await stack.call('GET', '/api/openapi.json', { token: null, headers: { 'if-none-match': etag } });
		assert.deepEqual([again.status, again.text], [304, '']);
	});
	await suite.test('the page of the API is readable without a script and names every operation', async () => {
		const page = await stack.call('GET', '/docs', { token: null });
		assert.equal(page.status, 200);
		assert.match(page.headers.get('content-type'), /^text\/html/);
		assert.doesNotMatch(page.text, /<script/);
		for (const op of document.operations) {
			assert.ok(page.text.includes(`id="${op.operationId}"`), op.name);
			assert.ok(page.text.includes(op.summary.replaceAll("'", '&#39;')), op.summary);
		}
	});
}
