// SPDX-License-Identifier: Apache-2.0
// request - reads and runs the request files (*.req) of this folder.
//
//   # comment
//   === what this shows
//   as viewer                      who asks: a name of `tokens`, or nobody (default)
//   transport fastcgi              only there (default: both)
//   POST /api/printers?x={org}     {name} stands for a saved or given value
//   Header-Name: value
//   form file=@vase.gcode folder=a   a multipart body; or, after an empty line, any body
//   >> 201                         the status; then what must hold:
//   >> error = Not found           a value of the JSON answer by its path; "quotes" force text
//   >> data.files[0].id exists
//   >> data.x absent
//   >> Allow: GET                  a header contains this; `Name: -` means absent
//   >> text contains word          anywhere in the body; `text lacks word`
//   >> save id = data.file.id
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { request } from 'node:http';

export function parse(file) {
	const cases = [];
	let c = null;
	readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
		const where = `${basename(file)}:${i + 1}`;
		if (line.startsWith('=== ')) {
			c = { name: line.slice(4), where, as: 'nobody', headers: [], body: null, checks: [] };
			cases.push(c);
		} else if (c === null || (line.startsWith('#') && c.body === null)) {
			return;
		} else if (line.startsWith('>> ')) {
			c.checks.push({ text: line.slice(3), where });
		} else if (c.method === undefined) {
			const [word, ...rest] = line.split(' ');
			if (word === 'as' || word === 'transport')
				c[word] = rest.join(' ');
			else if (line !== '')
				[c.method, c.path] = [word, rest.join(' ')];
		} else if (c.checks.length === 0 && c.body === null && line.startsWith('form ')) {
			c.form = line.slice(5);
		} else if (c.checks.length === 0 && c.body === null && line !== '') {
			const colon = line.indexOf(':');
			c.headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
		} else if (c.checks.length === 0) {
			c.body = c.body === null ? '' : `${c.body}${c.body === '' ? '' : '\n'}${line}`;
		}
	});
	return cases;
}

const fill = (text, values, where) => text.replace(/\{([a-z][A-Za-z0-9_]*)\}/g, (whole, name) => {
	if (!(name in values))
		throw new Error(`${where}: nothing is known as {${name}}`);
	return values[name];
});

const at = (data, path) => path.split(/[.[\]]+/).filter((s) => s !== '')
	.reduce((v, step) => (v === undefined || v === null ? undefined : v[step]), data);

function formBody(text, values, where) {
	const boundary = 'platen-boundary-1234';
	const parts = text.split(' ').map((pair) => {
		const [name, ...rest] = pair.split('=');
		let value = fill(rest.join('='), values, where), file = '';
		if (value.startsWith('@')) {
			const [path, as] = value.slice(1).split(';as=');
			value = readFileSync(join(values.files, path));
			file = `; filename="${as ?? basename(path)}"`;
		}
		return Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`),
			Buffer.from(value), Buffer.from('\r\n')]);
	});
	return [`multipart/form-data; boundary=${boundary}`, Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])];
}

/** One exchange without any cleverness of fetch (it would refuse some of what we send). */
export function exchange(base, { method, path, headers = {}, body }) {
	return new Promise((done, failed) => {
		const url = new URL(base);
		const r = request({ host: url.hostname, port: url.port, method, path, headers, setHost: true }, (answer) => {
			const chunks = [];
			answer.on('data', (chunk) => chunks.push(chunk));
			answer.on('end', () => {
				const bytes = Buffer.concat(chunks), text = bytes.toString('utf8');
				let json = null;
				try {
					json = JSON.parse(text);
				} catch {
					// not every answer is JSON
				}
				done({ status: answer.statusCode, headers: answer.headers, bytes, text, json });
			});
		});
		r.on('error', failed);
		if (body !== undefined && body !== null)
			r.write(body);
		r.end();
	});
}

function check(c, text, where, answer, values) {
	let m;
	if (/^\d{3}$/.test(text)) {
		if (answer.status !== Number(text))
			return `status ${answer.status}`;
	} else if ((m = /^save (\w+) = (.+)$/.exec(text))) {
		values[m[1]] = at(answer.json, m[2]);
		if (values[m[1]] === undefined)
			return `no ${m[2]}`;
	} else if ((m = /^text (contains|lacks) (.+)$/.exec(text))) {
		if (answer.text.includes(fill(m[2], values, where)) !== (m[1] === 'contains'))
			return `text ${m[1]} not`;
	} else if ((m = /^([A-Z][A-Za-z-]*): (.+)$/.exec(text))) {
		const value = answer.headers[m[1].toLowerCase()];
		if (m[2] === '-' ? value !== undefined : !String(value ?? '').includes(fill(m[2], values, where)))
			return `${m[1]}: ${value}`;
	} else if ((m = /^(\S+) (exists|absent)$/.exec(text))) {
		if ((at(answer.json, m[1]) !== undefined) !== (m[2] === 'exists'))
			return `${m[1]} is ${JSON.stringify(at(answer.json, m[1]))}`;
	} else if ((m = /^(\S+) (=|!=) (.+)$/.exec(text))) {
		const want = fill(m[3], values, where), got = at(answer.json, m[1]);
		const same = /^".*"$/.test(want) ? got === JSON.parse(want) : String(got) === want ||
			JSON.stringify(got) === want;
		if (same !== (m[2] === '='))
			return `${m[1]} is ${JSON.stringify(got)}`;
	} else {
		return 'the check is not understood';
	}
	return null;
}

/** Runs one case; throws with all that did not hold. */
export async function run(c, base, tokens, values) {
	const headers = {};
	let body = c.body === null ? undefined : fill(c.body.replace(/\n$/, ''), values, c.where);
	if (c.as !== 'nobody')
		headers.authorization = `Bearer ${tokens[c.as] ?? fill(c.as, values, c.where)}`;
	if (c.form)
		[headers['content-type'], body] = formBody(c.form, values, c.where);
	else if (body !== undefined && /^[[{]/.test(body))
		headers['content-type'] = 'application/json';
	for (const [name, value] of c.headers)
		headers[name.toLowerCase()] = fill(value, values, c.where);
	if (body !== undefined && !('transfer-encoding' in headers))
		headers['content-length'] ??= Buffer.byteLength(body);
	const answer = await exchange(base, { method: c.method, path: fill(c.path, values, c.where), headers, body });
	const wrong = c.checks.map(({ text, where }) => {
		const why = check(c, text, where, answer, values);
		return why === null ? null : `${where}: wanted ${text}; ${why}`;
	}).filter((w) => w !== null);
	if (c.checks.length === 0)
		wrong.push(`${c.where}: checks nothing`);
	if (wrong.length > 0)
		throw new Error(`${wrong.join('\n')}\n${c.method} ${c.path} -> ${answer.status} ${answer.text.slice(0, 500)}`);
}

export const folder = dirname(new URL(import.meta.url).pathname);
