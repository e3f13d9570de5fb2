// SPDX-License-Identifier: Apache-2.0
// world - who calls, and what there is to call about: users of every role in two organisations,
// an agent, an external user, and one row of everything.
import { createHmac, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { exchange } from '../http/request.mjs';

const require = createRequire(join(process.env.PLATEN_API_LIBRARIES, 'x.js'));
export const SwaggerParser = require('@apidevtools/swagger-parser');
export const yaml = require('js-yaml');
const Ajv = require('ajv').default, formats = require('ajv-formats').default;

/** A true 503: no printer is connected here, and there is no camera. */
export const honest = (a) => a.status === 503 && /not connected|CAMERA_UNAVAILABLE/.test(a.text);

const gcode = ';FLAVOR:Marlin\nM104 S200\nG28\nG1 X10 Y10 Z0.2 F1200\nG1 X20 E1\nM104 S0\n';

/** OpenAPI 3.0's dialect as JSON Schema; objects become closed, so that an answer cannot hold what
 * the document does not name. */
function translate(s, closed) {
	if (Array.isArray(s))
		return s.map((v) => translate(v, closed));
	if (s === null || typeof s !== 'object')
		return s;
	const { nullable, example, exclusiveMinimum, ...rest } = s;
	const out = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, k === 'enum' || k === 'default' ? v :
		k === 'properties' ? Object.fromEntries(Object.entries(v).map(([n, p]) => [n, translate(p, closed)])) : translate(v, closed)]));
	if (exclusiveMinimum) {
		out.exclusiveMinimum = out.minimum;
		delete out.minimum;
	}
	if (closed && out.properties && Object.keys(out.properties).length > 0)
		out.additionalProperties ??= false;
	if (!nullable)
		return out;
	return out.type ? { ...out, type: [out.type, 'null'] } : { anyOf: [...(out.allOf ?? [out]), { type: 'null' }] };
}

export class Document {
	constructor(doc) {
		this.doc = doc;
		this.validators = new Map();
		this.ajv = new Ajv({ strict: false, allErrors: true });
		formats(this.ajv, ['uuid', 'date']);
		this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		this.ajv.addFormat('binary', true);
		for (const [name, s] of Object.entries(doc.components.schemas)) {
			this.ajv.addSchema(translate(s, true), `#/components/schemas/${name}`);
			this.ajv.addSchema(translate(s, false), `open:#/components/schemas/${name}`);
		}
		this.operations = Object.entries(doc.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, op]) =>
			({ ...op, path, method: method.toUpperCase(), name: `${method.toUpperCase()} ${path}`,
				family: /^\/(health|api\/(printers|print-jobs|printer-commands|printer-status|products)(\/|$))/.test(path) ? 'P' : 'L',
				body: op.requestBody?.content['application/json']?.schema })));
	}

	errors(key, schema, value, closed = true) {
		if (!this.validators.has(key))
			this.validators.set(key, this.ajv.compile(translate(schema, closed)));
		const validate = this.validators.get(key);
		return validate(value) ? null : validate.errors.slice(0, 4).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`).join('; ');
	}

	response(op, status) {
		const r = op.responses[status];
		return r?.$ref ? this.doc.components.responses[r.$ref.split('/').at(-1)] : r;
	}

	/** What is wrong with an answer by the document's own words; null: nothing. */
	wrong(op, answer) {
		const r = this.response(op, answer.status);
		if (r === undefined)
			return `status ${answer.status} is not in the document`;
		const json = r.content?.['application/json'];
		if (json === undefined)
			return null;
		if (answer.json === null && answer.text !== 'null')
			return 'the answer is no JSON';
		return this.errors(`${op.name} ${answer.status}`, json.schema, answer.json);
	}
}

const nouns = { printers: 'printers', 'print-jobs': 'print_jobs', jobs: 'print_jobs', files: 'files',
	'printer-commands': 'printer_commands', 'printer-status': 'printers', products: 'products', profiles: 'print_profiles',
	users: 'users', notifications: 'notifications', organizations: 'organizations',
	'printer-groups': 'printer_groups' };

/** What a field of this name refers to. */
const named = { printerId: 'printers', printer_id: 'printers', printerIds: 'printers', fileId: 'files', file_id: 'files', product_id: 'products',
	profileId: 'print_profiles', before: 'print_jobs', after: 'print_jobs', current_job_id: 'print_jobs', jobId: 'print_jobs', job_id: 'print_jobs',
	userId: 'users', groupId: 'printer_groups', group_id: 'printer_groups' };

export async function makeWorld(stack) {
	const sign = (claims) => {
		const part = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
		const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims })}`;
		return `${head}.${createHmac('sha256', stack.config['auth.jwt_secret']).update(head).digest('base64url')}`;
	};
	const login = async (name) => (await stack.signIn({ email: `${name}@platen.test`, password: `password of ${name}` })).accessToken;
	const world = { org: stack.org, otherOrg: randomUUID(), externalOrg: randomUUID(), gcode, ids: {} };
	for (const [name, role] of [['olga', 'OPERATOR'], ['vera', 'VIEWER'], ['ada', 'ADMIN'], ['otto', 'OPERATOR'], ['victim', 'VIEWER']])
		await stack.user(name, role);
	stack.sql(`INSERT INTO organizations (id, name) VALUES ('${world.otherOrg}', 'Elsewhere');
		DELETE FROM organization_members WHERE user_id = (SELECT id FROM users WHERE username = 'otto');
		INSERT INTO organization_members (organization_id, user_id) SELECT '${world.otherOrg}', id FROM users WHERE username = 'otto';
		UPDATE users SET default_organization_id = '${world.otherOrg}' WHERE username = 'otto';`);
	const agent = sign({ sub: randomUUID(), organizationId: stack.org, role: 'AGENT' });
	const external = sign({ userId: randomUUID(), organizationId: world.externalOrg, role: 'owner' });
	const known = {};
	/** A principal's token; `fresh` signs in anew (the old session may have been ended). */
	world.token = async (who, fresh = false) => {
		const users = { viewer: 'vera', operator: 'olga', admin: 'ada', other: 'otto' };
		if (who === 'nobody')
			return undefined;
		if (who === 'agent' || who === 'external')
			return who === 'agent' ? agent : external;
		if (fresh || known[who] === undefined)
			known[who] = await login(users[who]);
		return known[who];
	};
	world.orgOf = (who) => (who === 'other' ? world.otherOrg : who === 'external' ? world.externalOrg : world.org);

	await furnish(stack, world);
	const [r, y] = [await stack.call('GET', '/api/openapi.json', { token: null }), await stack.call('GET', '/api/openapi.yaml', { token: null })];
	if (r.status !== 200)
		throw new Error(`no document: ${r.status} ${r.text}\n${stack.logs(20)}`);
	world.document = new Document(r.json);
	world.documentAnswers = { json: r, yaml: y };

	/** A request as the document describes it; `changes` replace parts of its example. */
	world.request = (op, { org = world.org, id, ids } = {}) => {
		const fill = (name, value) => (name === 'organizationId' ? org : ids === 'random' && /(^i|I)d$/.test(name) ? randomUUID() : value);
		let path = op.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(id ??
			(/[iI]d$/.test(name) ? randomUUID() : op.parameters.find((p) => p.name === name).example)));
		const query = op.parameters.filter((p) => p.in === 'query' && (p.required || p.name === 'organizationId'))
			.map((p) => `${p.name}=${encodeURIComponent(fill(p.name, p.example))}`);
		path += query.length > 0 ? `?${query.join('&')}` : '';
		const example = op.requestBody?.content['application/json']?.example;
		const body = example === undefined ? undefined : Object.fromEntries(Object.entries(example).map(([k, v]) => [k, fill(k, v)]));
		return { method: op.method, path, body };
	};
	world.send = async (token, { method, path, body, headers = {} }) => {
		const bytes = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
		return exchange(stack.url, { method, path, body: bytes, headers: {
			...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) }),
			...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers } });
	};
	/** Fields of a request that name a row of which the first organisation has one. */
	world.idFields = (op) => {
		const fields = op.parameters.filter((p) => p.in === 'query').map((p) => ({ path: p.name, in: 'query', schema: p.schema }));
		const walk = (schema, path) => Object.entries(schema?.properties ?? {}).forEach(([name, s]) => {
			fields.push({ path: [...path, name].join('.'), in: 'body', schema: s });
			walk(s, [...path, name]);
		});
		walk(op.body, []);
		return fields.map((f) => ({ ...f, real: world.ids[named[f.path.split('.').at(-1)]] })).filter((f) => f.real !== undefined);
	};
	/** The request with one field set: to `id`, else to an id of nothing. */
	world.put = (request, field, id = randomUUID()) => {
		if (field.in === 'query') {
			const url = new URL(request.path, 'http://x');
			url.searchParams.set(field.path, id);
			return { ...request, path: url.pathname + url.search };
		}
		const body = structuredClone(request.body ?? {}), steps = field.path.split('.');
		const object = steps.slice(0, -1).reduce((o, step) => (o[step] ??= {}), body);
		object[steps.at(-1)] = field.schema.type === 'array' ? [id] : id;
		return { ...request, body };
	};
	/** An existing row of the first organisation that a path is about. */
	world.idOf = (path) => {
		const noun = nouns[path.split('/')[2]];
		return noun === undefined ? undefined : world.ids[noun];
	};
	return world;
}

/** One row of everything, in the first organisation. */
async function furnish(stack, world) {
	const one = (sql) => stack.sql(sql)[0][0];
	const must = async (method, path, json) => {
		const r = await stack.call(method, path, { json });
		if (r.status !== 201)
			throw new Error(`${method} ${path}: ${r.status} ${r.text}`);
		return r.json;
	};
	world.ids.printers = (await must('POST', '/api/printers', { organizationId: world.org, name: 'Remote' })).id;
	world.ids.files = await stack.upload('vase.gcode', gcode);
	world.ids.products = one(`INSERT INTO products (organization_id, name, file_id)
		VALUES ('${world.org}', 'Vase', '${world.ids.files}') RETURNING id`);
	world.ids.print_jobs = (await must('POST', '/api/print-jobs', { organizationId: world.org, product_id: world.ids.files })).id;
	world.ids.printer_commands = one(`INSERT INTO printer_commands (organization_id, printer_id, recipient_id, command_type, status)
		VALUES ('${world.org}', '${world.ids.printers}', 'default-recipient', 'home_all', 'pending') RETURNING id`);
	world.ids.print_profiles = one(`INSERT INTO print_profiles (organization_id, name, layer_height, infill, print_speed, nozzle_temp, bed_temp, retraction)
		VALUES ('${world.org}', 'Draft', 0.3, 15, 60, 205, 60, 1) RETURNING id`);
	world.ids.printer_groups = one(`INSERT INTO printer_groups (organization_id, name) VALUES ('${world.org}', 'Left') RETURNING id`);
	world.ids.users = one("SELECT id FROM users WHERE username = 'victim'");
	world.ids.organizations = world.org;
	world.ids.notifications = one(`INSERT INTO notifications (user_id, type, title, message)
		SELECT id, 'INFO', 'Hello', 'A note' FROM users WHERE username = 'ada' RETURNING id`);
	stack.sql(`INSERT INTO printer_status (organization_id, printer_id, status, is_online) VALUES ('${world.org}', '${world.ids.printers}', 'idle', true);`);
}
