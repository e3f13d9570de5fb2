// SPDX-License-Identifier: Apache-2.0
// Row `analytics`: figures and histories over HTTP on a million jobs and ten million status rows
// ($PLATEN_BENCH_JOBS, $PLATEN_BENCH_STATUSES), beside a bare sum over the same jobs in the same run.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { SOURCE, startStack, until } from '../lib/stack.mjs';

const jobs = Number(process.env.PLATEN_BENCH_JOBS ?? 1e6), statuses = Number(process.env.PLATEN_BENCH_STATUSES ?? 1e7);
const id = (kind, n) => `c0000000-0000-400${kind}-8000-${String(n).padStart(12, '0')}`;
const org = id(0, 1), user = id(1, 1);

function token(secret) {
	const part = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
	const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ userId: user, organizationId: org, exp: Math.floor(Date.now() / 1000) + 3600 })}`;
	return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

async function middle(what) {
	const all = [];
	for (let i = 0; i < 5; i++) {
		const began = performance.now();
		await what();
		all.push(performance.now() - began);
	}
	return all.sort((a, b) => a - b)[2];
}

export async function analyticsRow() {
	const stack = await startStack({ services: ['cgi', 'nginx'], config: { 'db.timeout': '30s' } });
	try {
		const r = spawnSync('psql', ['-X', '-q', '-d', stack.db, '-v', `jobs=${jobs}`, '-v', `statuses=${statuses}`,
			'-f', join(SOURCE, 'tests/bench/figures.sql')], { encoding: 'utf8' });
		if (r.status !== 0)
			throw new Error(r.stderr);
		// Filling took minutes without a turn: connections that were kept have been closed meanwhile.
		await until('the server answers again', async () => (await stack.call('GET', '/health')).status === 200);
		const own = token(stack.config['auth.jwt_secret']);
		const ask = async (path, json) => {
			const a = await stack.call(json ? 'POST' : 'GET', path, { token: own, json });
			if (a.status !== 200)
				throw new Error(`${path}: ${a.status} ${a.text}`);
		};
		const bare = await middle(() => stack.sql(`SELECT count(*), sum(actual_time_seconds), sum(filament_used_grams) FROM print_jobs
			WHERE organization_id = '${org}' AND status IN ('completed', 'failed', 'cancelled')`));
		const since = new Date(Date.now() - 30 * 86400e3).toISOString().slice(0, 10), P = `organizationId=${org}`;
		const rows = [];
		const row = async (name, times, path, json) => {
			const ms = await middle(() => ask(path, json));
			rows.push([`${name} (bare sum of ${jobs} jobs: ${bare.toFixed(0)} ms)`, `${ms.toFixed(0)} ms`, `<= ${times} x the bare sum`, ms <= times * bare]);
		};
		await row('dashboard, all time', 3, '/api/analytics/dashboard');
		await row('dashboard, 30 days', 0.5, '/api/analytics/dashboard?range=30d');
		await row('statistics, 30 days', 0.5, '/api/analytics/statistics');
		await row('statistics, 2 years by month', 6, `/api/analytics/statistics?from=${new Date(Date.now() - 729 * 86400e3).toISOString()}&groupBy=month`);
		await row('materials, all time', 5, '/api/analytics/materials');
		await row('materials, 30 days', 0.5, `/api/analytics/materials?from=${since}`);
		await row('failures, all time', 1.5, '/api/analytics/failures');
		await row('predict', 0.5, '/api/analytics/predict', { fileId: id(4, 3), profileId: id(3, 3) });
		await row(`status, newest of ${statuses}`, 0.5, `/api/printer-status/latest/${id(7, 3)}?${P}`);
		await row(`status history of ${statuses}`, 0.5, `/api/printer-status/history/${id(7, 3)}?${P}`);
		await row('jobs, first page', 1.5, '/api/jobs');
		await row('print-jobs, 50 of one printer', 0.5, `/api/print-jobs?${P}&printerId=${id(7, 3)}&limit=50`);
		return rows;
	} finally {
		await stack.stop();
	}
}
