// SPDX-License-Identifier: Apache-2.0
// Every page, in every look, with and without JavaScript, against the real server and a simulated
// printer. `node pages.mjs --shots DIR` also keeps the pictures.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStack, Suite, until, SOURCE } from '../lib/stack.mjs';

const require = createRequire(join(process.env.PLATEN_UI_LIBRARIES, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.argv.includes('--shots') ? process.argv[process.argv.indexOf('--shots') + 1] : null;
const HOSTILE = '"><img src=x onerror=alert(1)>\u202e{{7*7}}<?cs var:1 ?>';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const suite = new Suite();
const stack = await startStack({ printers: 2, simSpeed: 4, supervise: true });
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-quic',
		'--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});

async function context(options = {}) {
	const c = await browser.newContext({ baseURL: stack.url, ...options });
	const problems = [];
	c.on('weberror', (e) => problems.push(String(e.error())));
	c.on('console', (m) => m.type() === 'error' && problems.push(m.text()));
	c.on('requestfailed', (r) => !/ERR_ABORTED/.test(r.failure()?.errorText) && problems.push(`${r.url()} ${r.failure()?.errorText}`));
	c.problems = problems;
	return c;
}

async function signIn(page, { email, password } = stack.admin) {
	await page.goto('/sign-in');
	await page.fill('#email', email);
	await page.fill('#password', password);
	await page.click('button[type=submit]');
	await page.waitForURL((u) => u.pathname === '/');
}

function same(what, found, wanted) {
	if (JSON.stringify(found) !== JSON.stringify(wanted))
		throw new Error(`${what}: ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}

async function shoot(page, name) {
	if (!shots)
		return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const gcode = readFileSync(join(SOURCE, 'packaging/demo/example.gcode'), 'utf8');
const printers = [await stack.addPrinter(1), await stack.addPrinter(2, { name: HOSTILE })];
await stack.untilIdle(printers[0]);
const file = await stack.upload('vase.gcode', gcode);
const hostile = await stack.upload(`${HOSTILE.replaceAll('/', '')}.gcode`, gcode);
await until('analysed', async () => (await stack.call('GET', `/api/files/${file}`)).json.data.file.metadata?.layerCount > 0);
const job = (await stack.startJob(file, printers[0])).json.data.job.id;
await stack.untilJob(job, 'PRINTING', 60);

const pages = { 'sign-in': '/sign-in', fleet: '/', printer: `/printers/${printers[0]}`, hostile: `/printers/${printers[1]}`,
	new: '/printers/new', stop: `/printers/${printers[0]}/stop`, files: '/files', file: `/files/${file}`, 'hostile-file': `/files/${hostile}`,
	queue: '/queue', jobs: '/jobs', job: `/jobs/${job}`, cancel: `/jobs/${job}/cancel`, missing: '/printers/00000000-0000-4000-8000-000000000000' };
const looks = {
	'light-wide': { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
	'dark-wide': { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
	'light-narrow': { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true },
	'dark-narrow': { colorScheme: 'dark', viewport: { width: 320, height: 700 } },
	'no-script': { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } },
};

for (const [look, options] of Object.entries(looks)) {
	const c = await context(options);
	const page = await c.newPage();
	await signIn(page);
	for (const [name, path] of Object.entries(pages)) {
		await suite.test(`${name}, ${look}`, async () => {
			c.problems.length = 0;
			const answer = await page.goto(path);
			same('status', answer.status(), name === 'missing' ? 404 : 200);
			await shoot(page, `${name}-${look}`);
			if (options.javaScriptEnabled === false)
				return;
			same('sideways scrolling', await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
			await page.evaluate(axe);
			const found = await page.evaluate((tags) => window.axe.run({ runOnly: tags }), TAGS);
			same('accessibility', found.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`), []);
			same('problems', c.problems.filter((t) => name !== 'missing' || !/404/.test(t)), []);
		});
	}
	await c.close();
}

await suite.test('progress moves without a reload', async () => {
	const c = await context();
	const page = await c.newPage();
	await signIn(page);
	await page.goto(`/printers/${printers[0]}`);
	await page.waitForSelector('#live[data-state=on]');
	const first = await page.locator('#part-printer progress').getAttribute('value');
	await until('moved', async () => (await page.locator('#part-printer progress').getAttribute('value')) !== first);
	await c.close();
});

await suite.test('stop by keyboard asks first', async () => {
	const c = await context();
	const page = await c.newPage();
	await signIn(page);
	await page.goto(`/printers/${printers[0]}`);
	await page.locator('a.stop').press('Enter');
	await page.waitForSelector('dialog[open]');
	await page.keyboard.press('Escape');
	await page.waitForSelector('dialog', { state: 'detached' });
	same('still printing', (await stack.job(job)).job.status, 'PRINTING');
	await c.close();
});

await suite.test('a viewer sees no controls', async () => {
	await stack.user('viewer', 'VIEWER');
	const c = await context();
	const page = await c.newPage();
	await signIn(page, { email: 'viewer@platen.test', password: 'password of viewer' });
	await page.goto(`/printers/${printers[0]}`);
	same('controls', await page.locator('main form, a.stop').count(), 0);
	await c.close();
});

await suite.test('without script: from sign-in to a finished print', async () => {
	await stack.call('POST', `/api/jobs/${job}/cancel`);
	await stack.untilJob(job, 'CANCELLED');
	await stack.untilIdle(printers[0]);
	const c = await context({ javaScriptEnabled: false });
	const page = await c.newPage();
	await signIn(page);
	await page.goto('/files');
	await page.setInputFiles('#file', { name: 'plain.gcode', mimeType: 'text/x.gcode',
		buffer: Buffer.from('G28\nM104 S0\nG1 X10 Y10 F6000\nG1 X20\n') });
	await page.click('form[data-upload] button[type=submit]');
	await page.waitForURL(/\/files\/./);
	await page.selectOption('#printer', printers[0]);
	await page.getByRole('button', { name: 'Print' }).click();
	await page.waitForURL(/\/jobs\//);
	const id = new URL(page.url()).pathname.split('/')[2];
	await stack.untilJob(id, 'COMPLETED');
	await page.reload();
	await page.getByText('done').first().waitFor();
	await c.close();
});

await suite.test('a form without its token is refused', async () => {
	const c = await context();
	const page = await c.newPage();
	await signIn(page);
	const answer = await c.request.post(`/printers/${printers[0]}/home`, { form: { axes: 'all' }, maxRedirects: 0 });
	same('status', answer.status(), 403);
	await c.close();
});

await browser.close();
await stack.stop();
suite.close();
