// SPDX-License-Identifier: Apache-2.0
// A client and an agent as the PrintPro3D design documents them: tokens signed elsewhere, bare rows,
// {"error"}. From the first printer over a job that an agent prints to its history.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';

function sign(claims, secret) {
	const part = (v) => Buffer.from(JSON.stringify(v)).toString('base64url');
	const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 900, ...claims })}`;
	return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

class PrintPro {
	constructor(base, token, organizationId) {
		Object.assign(this, { base, token, organizationId });
	}

	async request(method, path, { body, query = {} } = {}) {
		const url = new URL(this.base + path);
		for (const [k, v] of Object.entries(method === 'GET' || method === 'DELETE' ? { organizationId: this.organizationId, ...query } : query))
			url.searchParams.set(k, v);
		const r = await fetch(url, { method, headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
			body: body ? JSON.stringify({ organizationId: this.organizationId, ...body }) : undefined });
		const json = await r.json();
		if (!r.ok)
			throw Object.assign(new Error(json.error), { status: r.status });
		return json;
	}

	get = (path, query) => this.request('GET', path, { query });
	post = (path, body = {}) => this.request('POST', path, { body });
	put = (path, body) => this.request('PUT', path, { body });
	remove = (path) => this.request('DELETE', path);
}

export async function printpro3d(suite, stack) {
	const secret = stack.config['auth.jwt_secret'], organizationId = stack.org;
	const shop = new PrintPro(stack.url, sign({ userId: randomUUID(), email: 'owner@shop.example', organizationId, role: 'owner' }, secret), organizationId);
	const agent = new PrintPro(stack.url, sign({ sub: randomUUID(), organizationId, role: 'AGENT' }, secret), organizationId);
	const recipientId = 'default-recipient';
	const mine = (printers) => printers.filter((p) => p.name === 'Bambu Lab X1C #1');
	let printer, product, job;

	await suite.test('printpro3d: health', async () => {
		const health = await (await fetch(`${stack.url}/health`)).json();
		assert.equal(health.status, 'healthy');
		assert.equal(health.service, 'PrintPro3D Backend');
		assert.deepEqual(Object.keys(health.printerBackend), ['healthy', 'url']);
	});
	await suite.test('printpro3d: the documented printer is created, listed, read, changed', async () => {
		printer = await shop.post('/api/printers', { name: 'Bambu Lab X1C #1', brand: 'Bambu Lab', model: 'X1 Carbon', ip_address: '192.168.1.100',
			access_code: '12345678', num_ams_units: 1, supported_materials: ['PLA', 'PETG', 'ABS'] });
		assert.equal(printer.current_status, 'offline');
		assert.deepEqual(mine(await shop.get('/api/printers')).map((p) => p.id), [printer.id]);
		assert.deepEqual(await shop.get('/api/printers', { status: 'printing' }), []);
		assert.equal((await shop.get(`/api/printers/${printer.id}`)).model, 'X1 Carbon');
		assert.equal((await shop.put(`/api/printers/${printer.id}`, { location: 'Shelf 3' })).location, 'Shelf 3');
		await assert.rejects(shop.post('/api/printers', {}), { status: 400, message: 'organizationId and name required' });
	});
	await suite.test('printpro3d: a product, a job of it, sent: the agent finds the order', async () => {
		const file = await stack.upload('vase.gcode', 'G28\nG1 X10 Y10 Z0.2 E1 F1200\n');
		product = await shop.post('/api/products', { name: 'Vase', file_id: file, total_layers: 250 });
		job = await shop.post('/api/print-jobs', { product_id: product.id, printer_id: printer.id, plates_requested: 1, priority: 'normal',
			ams_configuration: { enabled: true, slots: [{ slot_number: 1, filament_type: 'PLA', filament_color: 'Red' }] } });
		assert.equal(job.status, 'pending');
		assert.equal(job.ams_configuration.slots[0].filament_color, 'Red');
		const sent = await shop.post(`/api/print-jobs/${job.id}/send`, { printerId: printer.id });
		assert.deepEqual([sent.message, sent.success, sent.jobId], ['Job sent to printer backend', true, job.id]);
		await assert.rejects(shop.post(`/api/print-jobs/${job.id}/send`, { printerId: printer.id }), { status: 400, message: 'Cannot send job with status: queued' });
		const [order] = await agent.get('/api/printer-commands/pending', { recipientId });
		assert.equal(order.command_type, 'start_print');
		assert.equal(order.metadata.job.job_id, job.id);
		assert.equal((await agent.get(`/api/printers/${printer.id}`)).access_code, '12345678');
		assert.equal((await shop.get('/api/printers', { status: 'offline' })).find((p) => p.id === printer.id).access_code, '12345678', 'an owner may see it');
		await agent.put(`/api/printer-commands/${order.id}/status`, { status: 'executing' });
		assert.equal((await agent.put(`/api/printer-commands/${order.id}/status`, { status: 'completed', result: 'started' })).result, 'started');
	});
	await suite.test('printpro3d: the agent reports, the shop watches', async () => {
		for (const [progress, layer] of [[0, 0], [45.5, 120], [99, 249]])
			await agent.post('/api/printer-status', { printer_id: printer.id, status: 'printing', current_job_id: job.id, progress_percentage: progress,
				current_layer: layer, total_layers: 250, nozzle_temp_current: 218.5, bed_temp_current: 59.8, time_remaining_seconds: 4200 });
		const seen = await shop.get(`/api/print-jobs/${job.id}`);
		assert.deepEqual([seen.status, seen.progress_percentage, seen.current_layer, seen.printer_name], ['printing', 99, 249, 'Bambu Lab X1C #1']);
		const latest = await shop.get(`/api/printer-status/latest/${printer.id}`);
		assert.deepEqual([latest.progress_percentage, latest.product_id], [99, product.id]);
		assert.equal(mine(await shop.get('/api/printers', { status: 'printing' }))[0].nozzle_temp_current, 218.5);
	});
	await suite.test('printpro3d: commands reach the agent and come back', async () => {
		const command = await shop.post('/api/printer-commands', { printer_id: printer.id, command_type: 'set_bed_temp', metadata: { target: 60 } });
		assert.equal(command.status, 'pending');
		assert.deepEqual((await agent.get('/api/printer-commands/pending', { recipientId })).map((c) => c.id), [command.id]);
		await agent.put(`/api/printer-commands/${command.id}/status`, { status: 'failed', error_message: 'bed is busy' });
		const [newest] = await shop.get('/api/printer-commands', { printerId: printer.id });
		assert.deepEqual([newest.id, newest.status, newest.error_message, newest.printer_name], [command.id, 'failed', 'bed is busy', 'Bambu Lab X1C #1']);
		assert.equal((await shop.remove(`/api/printer-commands/${command.id}`)).message, 'Command deleted successfully');
		await assert.rejects(shop.post('/api/printer-commands', { printer_id: printer.id, command_type: 'dance' }), { status: 400, message: 'Invalid command_type' });
	});
	await suite.test('printpro3d: the job ends; its history stays', async () => {
		const done = await agent.put(`/api/print-jobs/${job.id}/status`, { status: 'completed', actual_print_time_minutes: 92, actual_filament_used_grams: 41.5 });
		assert.deepEqual([done.status, done.progress_percentage, done.actual_print_time_minutes], ['completed', 100, 92]);
		await agent.post('/api/printer-status', { printer_id: printer.id, status: 'idle' });
		const history = await shop.get(`/api/printer-status/history/${printer.id}`, { limit: 3 });
		assert.deepEqual(history.map((h) => h.progress_percentage), [null, 99, 45.5]);
		await assert.rejects(shop.post(`/api/print-jobs/${job.id}/cancel`), { status: 400, message: 'Cannot cancel job with status: completed' });
		assert.ok((await shop.get('/api/print-jobs', { status: 'completed' })).some((j) => j.id === job.id));
	});
	await suite.test('printpro3d: a second job is cancelled before it begins; both are deleted, the printer too', async () => {
		const second = await shop.post('/api/print-jobs', { product_id: product.id });
		assert.equal((await shop.post(`/api/print-jobs/${second.id}/cancel`)).message, 'Print job cancelled successfully');
		for (const id of [second.id, job.id])
			assert.equal((await shop.remove(`/api/print-jobs/${id}`)).message, 'Print job deleted successfully');
		await assert.rejects(shop.get(`/api/print-jobs/${job.id}`), { status: 404 });
		assert.equal((await shop.remove(`/api/printers/${printer.id}`)).message, 'Printer deleted successfully');
		assert.deepEqual(mine(await shop.get('/api/printers')), []);
	});
	await suite.test('printpro3d: another shop sees nothing of it', async () => {
		const other = randomUUID(), thief = new PrintPro(stack.url, sign({ userId: randomUUID(), organizationId: other, role: 'owner' }, secret), other);
		await assert.rejects(thief.get(`/api/printers/${printer.id}`), { status: 404 });
		await assert.rejects(thief.request('GET', '/api/printers', { query: { organizationId } }), { status: 403 });
	});
}
