// SPDX-License-Identifier: Apache-2.0
// Analytics and prediction (contract §12.12) on an organisation whose figures are known.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

/** An organisation with one viewer; gives its id, the user's and a token. */
function house(stack, sign, name) {
	const org = randomUUID(), user = randomUUID();
	stack.sql(`INSERT INTO organizations (id, name, slug) VALUES ('${org}', '${name}', '${name}');
		INSERT INTO users (id, email, username, role, is_active, default_organization_id)
			VALUES ('${user}', '${name}@x.test', '${name}', 'VIEWER', true, '${org}');
		INSERT INTO organization_members (organization_id, user_id) VALUES ('${org}', '${user}')`);
	return { org, user, token: sign({ userId: user, organizationId: org, exp: Math.floor(Date.now() / 1000) + 3600 }) };
}

function addFile(stack, h, type, metadata) {
	const id = randomUUID();
	stack.sql(`INSERT INTO files (id, organization_id, user_id, original_name, file_name, file_path, file_type, file_size, metadata)
		VALUES ('${id}', '${h.org}', '${h.user}', 'x', '${id}', '${id}', '${type}', 1, '${JSON.stringify(metadata)}')`);
	return id;
}

/** One finished job; `at` is SQL for its end. */
function addJob(stack, h, file, { status = 'completed', at = 'now()', seconds = 'NULL', estimated = 'NULL', grams = 'NULL', type = null,
	category = null, reason = null, profile = null, plates = 0 } = {}) {
	const text = (v) => (v === null ? 'NULL' : `'${v}'`);
	stack.sql(`INSERT INTO print_jobs (organization_id, file_id, status, completed_at, actual_time_seconds, estimated_time_seconds,
		filament_used_grams, material_type, failure_category, failure_reason, settings, plates_requested, plates_completed)
		VALUES ('${h.org}', '${file}', '${status}', ${at}, ${seconds}, ${estimated}, ${grams}, ${text(type)}, ${text(category)}, ${text(reason)},
		'${profile === null ? '{}' : JSON.stringify({ profileId: profile })}', ${Math.max(plates, 1)}, ${plates})`);
}

function addProfile(stack, h, more = {}) {
	const id = randomUUID();
	stack.sql(`INSERT INTO print_profiles (id, organization_id, name, layer_height, infill, print_speed, nozzle_temp, bed_temp, retraction, metadata)
		VALUES ('${id}', '${h.org}', '${id}', 0.2, 20, 50, 210, 60, 1, '${JSON.stringify(more)}')`);
	return id;
}

const near = (got, want, off, what) => assert.ok(Math.abs(got - want) <= off, `${what ?? 'figure'}: ${got}, wanted ${want}`);

export async function analyticsTests(suite, stack, { sign, tokens }) {
	const h = house(stack, sign, 'figures'), other = house(stack, sign, 'elsewhere'), empty = house(stack, sign, 'nobody');
	const ask = async (path, { token = h.token, status = 200, json } = {}) => {
		const r = await stack.call(json === undefined ? 'GET' : 'POST', `/api/analytics/${path}`, { token, json });
		assert.equal(r.status, status, `${path}: ${r.text}`);
		return r.json.data ?? r.json.error;
	};
	const file = addFile(stack, h, 'GCODE', {}), strange = addFile(stack, other, 'GCODE', {});
	stack.sql(`INSERT INTO printer_settings (organization_id, key, value, category)
		VALUES ('${h.org}', 'materials', '{"PLA": {"pricePerKg": 20}, "PETG": {"pricePerKg": "dear"}}', 'costs')`);
	// Known days: 3 November 2025 is a Monday.
	const day = (text) => `'${text}Z'::timestamptz`;
	addJob(stack, h, file, { at: day('2025-11-03T00:30:00'), seconds: 3600, grams: 50, type: 'PLA' });
	addJob(stack, h, file, { at: day('2025-11-09T23:30:00'), seconds: 1800, grams: 25, type: 'PLA' });
	addJob(stack, h, file, { status: 'failed', at: day('2025-11-10T12:00:00'), seconds: 600, grams: 5, type: 'PETG', category: 'PrinterReset', reason: 'reset' });
	addJob(stack, h, file, { status: 'cancelled', at: day('2025-12-01T12:00:00'), seconds: 60, grams: 1 });
	addJob(stack, other, strange, { seconds: 99999, grams: 999, type: 'PLA', status: 'failed', reason: 'theirs' });
	const recent = () => addJob(stack, h, file, { at: "now() - interval '1 hour'", seconds: 1200, grams: 10, type: 'PLA' });

	await suite.test('R-161 dashboard: six fields with their meanings on a fixture', async () => {
		recent();
		const d = await ask('dashboard');
		assert.deepEqual(Object.keys(d), ['totalPrints', 'successRate', 'totalTime', 'materialUsed', 'averagePrintTime', 'trends']);
		assert.equal(d.totalPrints, 5);
		assert.equal(d.successRate, 75); // 3 of 4; the cancelled one does not count
		assert.equal(d.totalTime, 3600 + 1800 + 600 + 60 + 1200);
		assert.equal(d.materialUsed, 91);
		assert.equal(d.averagePrintTime, 2200);
		assert.equal(d.trends.length, 30);
		assert.equal(d.trends.at(-1).date, new Date().toISOString().slice(0, 10));
		const sum = (name) => d.trends.reduce((n, t) => n + t[name], 0);
		assert.deepEqual(['prints', 'completed', 'failed', 'cancelled', 'totalTime', 'materialUsed'].map(sum), [1, 1, 0, 0, 1200, 10]);
	});
	await suite.test('R-161 range limits the totals, trends stay thirty days', async () => {
		const d = await ask('dashboard?range=7d');
		assert.deepEqual([d.totalPrints, d.successRate, d.totalTime, d.trends.length], [1, 100, 1200, 30]);
		assert.equal((await ask('dashboard?range=2d', { status: 400 })).code, 'VALIDATION_ERROR');
	});
	await suite.test('R-162 without any job: zeros everywhere', async () => {
		const d = await ask('dashboard', { token: empty.token });
		assert.deepEqual([d.totalPrints, d.successRate, d.totalTime, d.materialUsed, d.averagePrintTime], [0, 0, 0, 0, 0]);
		assert.ok(d.trends.length === 30 && d.trends.every((t) => t.prints === 0 && t.totalTime === 0 && t.materialUsed === 0));
		const { statistics } = await ask('statistics', { token: empty.token });
		assert.ok(statistics.length >= 30 && statistics.every((s) => s.totalPrints === 0 && s.successRate === 0 && s.cost === 0));
		assert.deepEqual((await ask('materials', { token: empty.token })).materials, []);
		assert.deepEqual((await ask('failures', { token: empty.token })).failures, []);
	});
	await suite.test('R-163 statistics by day: empty days, an inclusive end, money', async () => {
		const { statistics } = await ask('statistics?from=2025-11-02&to=2025-11-10');
		assert.deepEqual(statistics.map((s) => s.period), ['02', '03', '04', '05', '06', '07', '08', '09', '10'].map((d) => `2025-11-${d}`));
		assert.deepEqual(statistics.map((s) => s.totalPrints), [0, 1, 0, 0, 0, 0, 0, 1, 1]);
		assert.deepEqual(statistics[1], { period: '2025-11-03', from: '2025-11-03T00:00:00.000Z', to: '2025-11-04T00:00:00.000Z', totalPrints: 1,
			completed: 1, failed: 0, cancelled: 0, successRate: 100, totalTime: 3600, averagePrintTime: 3600, materialUsed: 50, cost: 1 });
		assert.equal(statistics[8].successRate, 0);
	});
	await suite.test('R-163 statistics by week, from Monday, and by month', async () => {
		const weeks = (await ask('statistics?from=2025-11-03&to=2025-11-16&groupBy=week')).statistics;
		assert.deepEqual(weeks.map((s) => [s.period, s.from, s.totalPrints]),
			[['2025-W45', '2025-11-03T00:00:00.000Z', 2], ['2025-W46', '2025-11-10T00:00:00.000Z', 1]]);
		const months = (await ask('statistics?from=2025-11-01&to=2025-12-31&groupBy=month')).statistics;
		assert.deepEqual(months.map((s) => [s.period, s.totalPrints, s.cancelled, s.successRate]), [['2025-11', 3, 0, 66.7], ['2025-12', 1, 1, 0]]);
	});
	await suite.test('R-163 date-times with a zone are instants', async () => {
		const ask1 = async (from, to) => (await ask(`statistics?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}&groupBy=month`)).statistics
			.reduce((n, s) => n + s.totalPrints, 0);
		assert.equal(await ask1('2025-11-03T00:30:00Z', '2025-11-03T00:30:01Z'), 1);
		assert.equal(await ask1('2025-11-03T01:30:00.001+01:00', '2025-11-03T02:00:00+01:00'), 0);
		assert.equal(await ask1('2025-11-02T19:30:00-05:00', '2025-11-02T20:00-05:00'), 1);
	});
	for (const query of ['from=yesterday', 'to=2025-02-29', 'from=2025-13-01', 'from=2025-11-03T25:00:00Z', 'groupBy=year', 'from=2025-11-04&to=2025-11-03',
		'from=2019-01-01&to=2025-01-01', 'from=20251103', "from=2025-11-03'--", 'from=2025-11-03T10:00:00%2B15:00', 'from=0000-01-01'])
		await suite.test(`R-163 refused: ${query}`, async () => {
			assert.equal((await ask(`statistics?${query}`, { status: 400 })).code, 'VALIDATION_ERROR');
		});
	await suite.test('R-164 materials sum grams and money per type, largest first', async () => {
		assert.deepEqual((await ask('materials')).materials, [{ type: 'PLA', usage: 85, cost: 1.7 }, { type: 'PETG', usage: 5, cost: 0 },
			{ type: 'Unknown', usage: 1, cost: 0 }]);
		assert.deepEqual((await ask('materials?from=2025-11-09&to=2025-11-10')).materials.map((m) => [m.type, m.usage]), [['PLA', 25], ['PETG', 5]]);
		assert.equal((await ask('materials?from=x', { status: 400 })).code, 'VALIDATION_ERROR');
	});
	await suite.test('R-164 energy and machine hours are part of a job’s cost, and a later price prices what had none', async () => {
		stack.sql(`INSERT INTO printer_settings (organization_id, key, value, category) VALUES
			('${empty.org}', 'energy', '{"watts": 100, "pricePerKwh": 0.5}', 'costs'), ('${empty.org}', 'machine', '{"pricePerHour": 2}', 'costs')`);
		const f = addFile(stack, empty, 'GCODE', {});
		addJob(stack, empty, f, { seconds: 7200, grams: 100, type: 'PLA' });
		assert.deepEqual((await ask('materials', { token: empty.token })).materials, [{ type: 'PLA', usage: 100, cost: 4.1 }]);
		stack.sql(`DELETE FROM printer_settings WHERE organization_id = '${empty.org}'; DELETE FROM print_jobs WHERE organization_id = '${empty.org}'`);
		addJob(stack, empty, f, { seconds: 7200, grams: 100, type: 'PLA' });
		assert.equal((await ask('materials', { token: empty.token })).materials[0].cost, 0);
		stack.sql(`INSERT INTO printer_settings (organization_id, key, value, category) VALUES ('${empty.org}', 'materials', '{"PLA": {"pricePerKg": 30}}', 'costs')`);
		assert.equal((await ask('materials', { token: empty.token })).materials[0].cost, 3);
		stack.sql(`DELETE FROM printer_settings WHERE organization_id = '${empty.org}'; DELETE FROM print_jobs WHERE organization_id = '${empty.org}'`);
	});
	await suite.test('R-165 failures: by category, else message, else Unknown; shares sum to 100', async () => {
		addJob(stack, h, file, { status: 'failed', category: 'PrinterReset' });
		addJob(stack, h, file, { status: 'failed', reason: 'the cat' });
		addJob(stack, h, file, { status: 'failed', reason: '' });
		assert.deepEqual((await ask('failures')).failures, [{ reason: 'PrinterReset', count: 2, percentage: 50 },
			{ reason: 'Unknown', count: 1, percentage: 25 }, { reason: 'the cat', count: 1, percentage: 25 }]);
		for (const reason of ['a', 'b', 'c'])
			addJob(stack, h, file, { status: 'failed', reason });
		const { failures } = await ask('failures');
		near(failures.reduce((n, f) => n + f.percentage, 0), 100, 1e-9, 'sum');
		assert.ok(failures.every((f) => f.percentage * 10 === Math.round(f.percentage * 10)));
		assert.equal((await ask('failures?to=2025-11-30')).failures.length, 1);
	});
	await suite.test('R-165 more than a hundred reasons are folded', async () => {
		stack.sql(`INSERT INTO print_jobs (organization_id, file_id, status, failure_reason)
			SELECT '${empty.org}', (SELECT id FROM files WHERE organization_id = '${empty.org}' LIMIT 1), 'failed', 'reason ' || g FROM generate_series(1, 150) g`);
		const { failures } = await ask('failures', { token: empty.token });
		assert.deepEqual([failures.length, failures[0].reason, failures[0].count], [101, 'Other', 50]);
		near(failures.reduce((n, f) => n + f.percentage, 0), 100, 1e-9, 'sum');
		stack.sql(`DELETE FROM print_jobs WHERE organization_id = '${empty.org}'`);
	});
	await suite.test('R-165 what an agent reports: its reason, else Agent; its grams and hours are priced', async () => {
		const f = addFile(stack, empty, 'GCODE', { metadata: { filamentType: 'ASA' } });
		stack.sql(`INSERT INTO printer_settings (organization_id, key, value, category) VALUES
			('${empty.org}', 'machine', '{"pricePerHour": 2}', 'costs') ON CONFLICT DO NOTHING;
			INSERT INTO printer_settings (organization_id, key, value, category) VALUES
			('${empty.org}', 'materials', '{"ASA": {"pricePerKg": 40}}', 'costs') ON CONFLICT DO NOTHING`);
		for (const reason of ['jam', undefined]) {
			const id = randomUUID();
			stack.sql(`INSERT INTO print_jobs (id, organization_id, file_id, status) VALUES ('${id}', '${empty.org}', '${f}', 'printing')`);
			const r = await stack.call('PUT', `/api/print-jobs/${id}/status`, { json: { organizationId: empty.org, status: 'failed', failure_reason: reason,
				actual_print_time_minutes: 90, actual_filament_used_grams: 50 } });
			assert.deepEqual([r.status, r.json.cost], [200, 5], r.text);
		}
		assert.deepEqual((await ask('failures', { token: empty.token })).failures.map((x) => x.reason).sort(), ['Agent', 'jam']);
		assert.deepEqual((await ask('materials', { token: empty.token })).materials, [{ type: 'ASA', usage: 100, cost: 10 }]);
		stack.sql(`DELETE FROM print_jobs WHERE organization_id = '${empty.org}'; DELETE FROM printer_settings WHERE organization_id = '${empty.org}'`);
	});
	await predictions(suite, stack, ask, { h, other, sign });
	await suite.test('R-168 figures never include other organisations', async () => {
		const d = await ask('dashboard', { token: other.token });
		assert.deepEqual([d.totalPrints, d.totalTime, d.materialUsed], [1, 99999, 999]);
		assert.deepEqual((await ask('failures', { token: other.token })).failures, [{ reason: 'theirs', count: 1, percentage: 100 }]);
		assert.equal((await ask('materials', { token: other.token })).materials[0].usage, 999);
		assert.ok(!(await ask('failures')).failures.some((f) => f.reason === 'theirs'));
		const all = await ask('dashboard', { token: tokens.admin });
		assert.notEqual(all.totalTime, d.totalTime);
	});
	await suite.test('nobody reads figures without a token', async () => {
		assert.equal((await ask('dashboard', { token: null, status: 401 })).code, 'UNAUTHORIZED');
		await ask('predict', { token: null, json: {}, status: 401 });
	});
}

async function predictions(suite, stack, ask, { h, other }) {
	const lone = addProfile(stack, h);
	const gcode = addFile(stack, h, 'GCODE', { estimatedTime: 1000, metadata: { filamentWeight: 12.5 } });
	const model = addFile(stack, h, 'STL', { volume: 8000, surfaceArea: 2400 }), bare = addFile(stack, h, 'STL', {});
	const predict = (fileId, profileId, more) => ask('predict', { json: { fileId, profileId }, ...more });

	await suite.test('R-166 predict: time, grams and a probability; from G-code, volume, slice', async () => {
		const p = await predict(gcode, lone);
		assert.deepEqual([p.estimatedTime, p.filamentUsage, p.basis.estimate], [1000, 12.5, 'gcode']);
		assert.ok(p.successProbability >= 0 && p.successProbability <= 1);
		const v = await predict(model, lone);
		// Walls 2 x 0.45 mm on 2400 mm² of 8000 mm³ are 27 %, the rest at 20 %: 41.6 % of 8 cm³ at 1.24.
		near(v.filamentUsage, 4.13, 0.01, 'grams');
		near(v.estimatedTime, 8000 * 0.416 / (0.2 * 0.45 * 50) * 1.25, 1, 'seconds');
		assert.equal(v.basis.estimate, 'volume');
		stack.sql(`INSERT INTO sliced_files (organization_id, source_file_id, profile_id, status, file_path, estimated_time, filament_usage)
			VALUES ('${h.org}', '${model}', '${lone}', 'ready', 'x', 777, 3.5)`);
		const s = await predict(model, lone);
		assert.deepEqual([s.estimatedTime, s.filamentUsage, s.basis.estimate], [777, 3.5, 'slice']);
		const n = await predict(bare, lone);
		assert.deepEqual([n.estimatedTime, n.filamentUsage, n.basis.estimate], [null, null, 'none']);
	});
	await suite.test('R-166 predict: unknown, foreign and missing ids', async () => {
		const none = randomUUID();
		assert.match((await predict(none, lone, { status: 404 })).message, /^File/);
		assert.match((await predict(gcode, none, { status: 404 })).message, /^Profile/);
		assert.equal((await predict(gcode, addProfile(stack, other), { status: 404 })).code, 'NOT_FOUND');
		assert.equal((await ask('predict', { json: { fileId: gcode }, status: 400 })).code, 'VALIDATION_ERROR');
		assert.equal((await predict('x', lone, { status: 400 })).details[0].path[0], 'fileId');
	});
	await suite.test('R-167 predict: the median of actual to estimated corrects the time, of the profile, else of all, clamped', async () => {
		const profile = addProfile(stack, h), seconds = async (p = profile) => (await predict(gcode, p)).estimatedTime;
		const job = (actual, more = {}) => addJob(stack, h, gcode, { estimated: 100, seconds: actual, profile, ...more });
		job(120);
		job(130);
		assert.equal(await seconds(), 1000); // two samples are too few
		job(150);
		assert.equal(await seconds(), 1300);
		assert.equal(await seconds(lone), 1300); // nothing of its own: all
		job(900);
		assert.equal(await seconds(), 1400); // between 130 and 150
		job(260, { plates: 2 }); // two plates in one job: 130 each
		assert.equal(await seconds(), 1300);
		for (let i = 0; i < 6; i++)
			job(1000, { at: `now() + interval '${i + 1} minutes'` });
		assert.equal(await seconds(), 2000); // never more than double
		for (let i = 0; i < 50; i++)
			job(10, { at: `now() + interval '${i + 10} minutes'` });
		assert.equal(await seconds(), 500); // the newest fifty, never less than half
		assert.deepEqual((await predict(gcode, profile)).basis.correctionSamples, 50);
		job(1, { status: 'failed' });
		assert.equal(await seconds(), 500);
	});
	await suite.test('R-167 predict: the probability of file, profile, organisation, else 0.9', async () => {
		const own = addFile(stack, h, 'GCODE', {}), profile = addProfile(stack, h);
		const odds = async (f, p) => {
			const r = await predict(f, p);
			return [r.basis.probabilityLevel, r.successProbability];
		};
		assert.equal((await odds(own, profile))[0], 'organization');
		for (let i = 0; i < 3; i++)
			addJob(stack, h, gcode, { profile });
		for (let i = 0; i < 2; i++)
			addJob(stack, h, gcode, { profile, status: 'failed', reason: 'x' });
		assert.deepEqual(await odds(own, profile), ['profile', 0.75]);
		for (let i = 0; i < 4; i++)
			addJob(stack, h, own, {});
		assert.equal((await odds(own, profile))[0], 'profile');
		addJob(stack, h, own, { status: 'cancelled' });
		assert.deepEqual(await odds(own, profile), ['file', 0.9444]);
		const r = await ask('predict', { token: other.token, json: { fileId: addFile(stack, other, 'GCODE', {}), profileId: addProfile(stack, other) } });
		assert.deepEqual([r.basis.probabilityLevel, r.successProbability], ['none', 0.9]);
	});
}

