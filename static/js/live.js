// SPDX-License-Identifier: Apache-2.0
// live - fetches the page's parts again when the gateway says that something moved. All words and
// numbers are the server's; this module only decides when to ask.
import { io } from '../vendor/socket.io.js';
import { Idiomorph } from '../vendor/idiomorph.js';

const PACE_MS = 1000; // a part is fetched at most once a second
const LATE_MS = 3000;
const LOST_MS = 10000;
const POLL_MS = 15000;

const EVENTS = ['status:update', 'temperature:update', 'progress:update', 'print:started', 'print:paused',
	'print:resumed', 'print:completed', 'print:failed', 'print:cancelled', 'alert', 'notification',
	'file:uploaded', 'file:processed', 'page:changed'];

// Which parts an event can change; a part that is not on the page costs nothing.
const PARTS = {
	'file:uploaded': ['files'],
	'file:processed': ['files', 'file'],
	'temperature:update': ['fleet', 'printer'],
	'status:update': ['fleet', 'printer', 'terminal'],
	'progress:update': ['fleet', 'printer', 'job', 'jobs'],
};
const ALL = ['fleet', 'printer', 'terminal', 'job', 'jobs', 'queue', 'files', 'file'];

class Part {
	constructor(element) {
		this.name = element.dataset.part;
		this.element = element;
		this.last = 0;
		this.timer = 0;
	}

	wanted() {
		if (this.timer !== 0 || document.hidden)
			return;
		const wait = Math.max(0, this.last + PACE_MS - Date.now());
		this.timer = setTimeout(() => this.fetch(), wait);
	}

	async fetch() {
		const address = new URL(location.href);
		address.searchParams.set('part', this.name);
		address.hash = '';
		this.last = Date.now();
		try {
			const answer = await fetch(address, { credentials: 'same-origin', redirect: 'error' });
			if (answer.ok)
				this.replace(await answer.text());
		} catch {
			// The next event or poll asks again.
		} finally {
			this.timer = 0;
		}
	}

	replace(html) {
		const at = this.element.scrollTop;
		Idiomorph.morph(this.element, html.trim(), { morphStyle: 'outerHTML', ignoreActiveValue: true });
		this.element = document.getElementById(`part-${this.name}`) ?? this.element;
		if (this.element.getAttribute('role') !== 'log')
			return;
		const follows = at + this.element.clientHeight >= this.element.scrollHeight - 60 || at === 0;
		this.element.scrollTop = follows ? this.element.scrollHeight : at;
	}
}

function indicator() {
	const dot = document.getElementById('live');
	dot.hidden = false;
	return (state, text) => {
		dot.dataset.state = state;
		dot.textContent = text;
	};
}

export function start() {
	const parts = [...document.querySelectorAll('[data-part]')].map((element) => new Part(element));
	const show = indicator();
	const refresh = (names) => parts.filter((part) => names.includes(part.name)).forEach((part) => part.wanted());
	const socket = io({ auth: { csrf: document.body.dataset.csrf }, withCredentials: true });
	let lostAt = Date.now();

	socket.on('connect', () => {
		lostAt = 0;
		show('on', 'live');
		const printers = new Set([...document.querySelectorAll('[data-printer]')].map((e) => e.dataset.printer));
		for (const printerId of printers) {
			socket.emit('subscribe:status', { printerId });
			socket.emit('subscribe:temperature', { printerId });
		}
		refresh(ALL);
	});
	socket.on('disconnect', () => {
		lostAt = Date.now();
	});
	for (const name of EVENTS)
		socket.on(name, (data) => refresh(name === 'page:changed' ? [data?.part] : PARTS[name] ?? ALL));

	setInterval(() => {
		const gone = lostAt === 0 ? 0 : Date.now() - lostAt;
		if (gone > LOST_MS)
			show('off', 'updates every 15 s');
		else if (gone > LATE_MS)
			show('late', 'reconnecting');
	}, 1000);
	setInterval(() => {
		if (lostAt !== 0 && Date.now() - lostAt > LOST_MS)
			refresh(ALL);
	}, POLL_MS);
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden)
			refresh(ALL);
	});
	for (const part of parts)
		if (part.element.getAttribute('role') === 'log')
			part.element.scrollTop = part.element.scrollHeight;
}
