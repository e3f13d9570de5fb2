// SPDX-License-Identifier: Apache-2.0
// Many callers at once: one start, one send, one refresh wins. The printer is a row that says it is
// connected; no spooler runs, so nothing but the claim itself is asked here.
import assert from 'node:assert/strict';

const many = (n, act) => Promise.all(Array.from({ length: n }, (_, i) => act(i)));
const count = (answers, status) => answers.filter((a) => a.status === status).length;

async function printerThatIsThere(stack, file) {
	const r = await stack.call('POST', '/api/printers', { json: { organizationId: stack.org, name: 'Race',
		connection_type: 'usb', serial_device: '/dev/ttyS62', max_nozzle_temp: 250 } });
	assert.equal(r.status, 201, r.text);
	stack.sql(`INSERT INTO printer_live (printer_id, organization_id, seq, state, connected, updated_at)
		VALUES ('${r.json.id}', '${stack.org}', 1, 'idle', true, now() + interval '1 hour')`);
	stack.sql(`UPDATE files SET analysis = '{"version":1,"ok":true,"commands":7,"longestLine":20,"maxHotend":200,"maxBed":60}' WHERE id = '${file}'`);
	return r.json.id;
}

const free = (stack, printer) => stack.sql(`UPDATE print_jobs SET status = 'cancelled' WHERE printer_id = '${printer}' AND status NOT IN ('completed', 'failed', 'cancelled')`);

/* Whatever comes and goes at once, an organisation has one default printer. */
async function defaults(stack) {
	const at = '/api/printers', org = { organizationId: stack.org };
	const made = await many(6, (i) => stack.call('POST', at, { json: { ...org, name: `Heir ${i}`, is_default: true } }));
	assert.equal(count(made, 201), 6, made.map((a) => a.text).join('\n'));
	const all = () => stack.sql(`SELECT count(*) FROM printers WHERE organization_id = '${stack.org}' AND is_default AND is_active`);
	assert.deepEqual(all(), [['1']]);
	const gone = await many(6, (i) => stack.call('DELETE', `${at}/${made[i].json.id}?organizationId=${stack.org}`));
	assert.equal(count(gone, 200), 6);
	assert.deepEqual(all(), [['1']]);
}

export async function raceTests(suite, stack, { values, tokens }) {
	const file = await stack.upload('race.gcode', values.vase);
	const printer = await printerThatIsThere(stack, file);

	await suite.test('default printers made and deleted at once: one stays', () => defaults(stack));
	await suite.test('R-153 50 starts of one file on one printer: one print', async () => {
		const answers = await many(50, () => stack.startJob(file, printer));
		assert.equal(count(answers, 201), 1, answers.map((a) => a.status).join(' '));
		assert.equal(count(answers, 409), 49);
		assert.ok(answers.filter((a) => a.status === 409).every((a) => a.json.error.code === 'PRINTER_BUSY' && a.json.error.message === 'Printer is already printing'));
		assert.equal(answers.find((a) => a.status === 201).json.data.job.status, 'PREPARING');
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_attempts WHERE printer_id = '${printer}' AND state = 'claimed'`), [['1']]);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_jobs WHERE printer_id = '${printer}' AND status = 'claimed'`), [['1']]);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_jobs WHERE file_id = '${file}'`), [['1']]);
		assert.deepEqual(stack.sql(`SELECT print_count FROM files WHERE id = '${file}'`), [['1']]);
	});
	await suite.test('R-150 the current job is shown, and its file stays', async () => {
		const current = await stack.call('GET', `/api/jobs/current?printerId=${printer}`);
		assert.equal(current.json.data.job.status, 'PREPARING');
		assert.equal((await stack.call('DELETE', `/api/files/${file}`)).status, 409);
		assert.equal((await stack.call('DELETE', `/api/printers/${printer}?organizationId=${stack.org}`)).status, 400);
		const state = (await stack.call('GET', `/api/printer/status?printerId=${printer}`)).json.data;
		assert.equal(state.state, 'printing');
		assert.equal(state.currentJob.id, current.json.data.job.id);
	});
	await suite.test('R-110 while a job is active, moving is refused', async () => {
		for (const [path, json] of [['home', {}], ['move', { axis: 'X', distance: 1, speed: 100 }], ['command', { command: 'G1 X1' }]]) {
			const r = await stack.call('POST', `/api/printer/${path}?printerId=${printer}`, { json });
			assert.equal(`${r.status} ${r.json.error?.code}`, '409 PRINTER_BUSY', path);
		}
	});
	await suite.test('a queued start waits behind it', async () => {
		const r = await stack.startJob(file, printer, { queue: true });
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.data.job.status, 'QUEUED');
		assert.equal(r.json.data.job.holdReason, 'busy');
	});
	await suite.test('R-077 50 sends of one job: one claim', async () => {
		free(stack, printer);
		const made = await stack.call('POST', '/api/print-jobs', { json: { organizationId: stack.org, product_id: file } });
		const answers = await many(50, () => stack.call('POST', `/api/print-jobs/${made.json.id}/send`, { json: { organizationId: stack.org, printerId: printer } }));
		assert.equal(count(answers, 200), 1, answers.map((a) => a.status).join(' '));
		assert.ok(answers.filter((a) => a.status !== 200).every((a) => /^Cannot send job with status/.test(a.json.error)));
		assert.deepEqual(stack.sql(`SELECT status FROM print_jobs WHERE id = '${made.json.id}'`), [['claimed']]);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_attempts WHERE job_id = '${made.json.id}'`), [['1']]);
	});
	await suite.test('a file that does not fit is refused with its reason, and leaves no job', async () => {
		free(stack, printer);
		stack.sql(`UPDATE files SET analysis = analysis || '{"maxHotend":290}' WHERE id = '${file}'`);
		const before = stack.sql('SELECT count(*) FROM print_jobs')[0][0];
		const r = await stack.startJob(file, printer);
		assert.equal(r.status, 400, r.text);
		assert.deepEqual(r.json.error.details[0].path, ['fileId']);
		assert.match(r.json.error.details[0].message, /290/);
		assert.equal(stack.sql('SELECT count(*) FROM print_jobs')[0][0], before);
	});
	await suite.test('a file that is not analysed in time is refused, and nothing waits', async () => {
		stack.sql(`UPDATE files SET analysis = NULL WHERE id = '${file}'`);
		const r = await stack.startJob(file, printer);
		assert.equal(`${r.status} ${r.json.error?.code}`, '409 INVALID_STATE', r.text);
		assert.deepEqual(stack.sql(`SELECT count(*) FROM print_jobs WHERE printer_id = '${printer}' AND status NOT IN ('cancelled', 'failed')`), [['0']]);
	});
	await suite.test('R-020 S-009 50 refreshes with one token: one new pair, and the session ends', async () => {
		const login = await stack.signIn({ email: 'olga@platen.test', password: 'password of olga' });
		const answers = await many(50, () => stack.call('POST', '/api/auth/refresh', { token: null, json: { refreshToken: login.refreshToken } }));
		assert.equal(count(answers, 200), 1, answers.map((a) => a.status).join(' '));
		assert.equal(count(answers, 401), 49);
		const winner = answers.find((a) => a.status === 200).json.data.accessToken;
		assert.equal((await stack.call('GET', '/api/auth/me', { token: winner })).status, 401);
	});
	await suite.test('R-077 50 cancels of one job: one wins', async () => {
		const made = await stack.call('POST', '/api/print-jobs', { json: { organizationId: stack.org, product_id: file } });
		const answers = await many(50, () => stack.call('POST', `/api/print-jobs/${made.json.id}/cancel`, { token: tokens.operator, json: { organizationId: stack.org } }));
		assert.equal(count(answers, 200), 1);
		assert.equal(count(answers, 400), 49);
	});
}
