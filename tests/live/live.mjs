// SPDX-License-Identifier: Apache-2.0
// The gateway as clients see it: wire.mjs (what the stock client would never do), clients.mjs (the
// stock client), faults.mjs (slow readers, a database that dies), control.mjs (through the API).
import { Suite } from '../lib/stack.mjs';
import { Gateway } from './gateway.mjs';
import { clientTests } from './clients.mjs';
import { controlTests } from './control.mjs';
import { faultTests } from './faults.mjs';
import { wireTests } from './wire.mjs';

// Short enough to see time-outs; psql holds up this process, so that where it is used they are longer.
const quick = { 'live.ping_interval': '1s', 'live.ping_timeout': '1s' };
const config = { 'live.ping_interval': '2s', 'live.ping_timeout': '5s', 'live.connect_timeout': '2s',
	'live.max_per_address': 1000, 'web.cors_origin': 'https://shop.example, https://other.example' };

async function inGateway(suite, more, services, tests) {
	const gateway = new Gateway({ services, config: { ...config, ...more } });
	let broken = null;
	try {
		await gateway.open();
		await tests(suite, gateway);
	} catch (e) {
		broken = e;
	} finally {
		await gateway.stop();
	}
	await suite.test('the gateway ends by itself and without a complaint', () => {
		if (broken)
			throw broken;
		if (gateway.services.live?.last?.code !== 0)
			throw new Error(`exit ${JSON.stringify(gateway.services.live?.last)}`);
	});
}

const suite = new Suite();
await inGateway(suite, quick, ['live'], wireTests);
await inGateway(suite, { 'demo.enabled': 'true', 'live.max_per_user': 6 }, ['live'], clientTests);
await inGateway(suite, { 'live.ping_interval': '20s', 'log.level': 'debug' }, ['live'], faultTests);
await inGateway(suite, {}, ['live', 'cgi', 'nginx'], controlTests);
suite.close();
