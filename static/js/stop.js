// SPDX-License-Identifier: Apache-2.0
// stop - the emergency stop button: hold it for 600 ms with a pointer; by keyboard or assistive
// technology a dialog asks. Without this module the link leads to a page with one button.
import { ask, toast } from './dialog.js';

const HOLD_MS = 600;

async function fire(button) {
	const body = new URLSearchParams({ ticket: button.dataset.stop });
	button.setAttribute('aria-busy', 'true');
	try {
		const answer = await fetch(button.getAttribute('href'), { method: 'POST', body, redirect: 'manual' });
		const sent = answer.ok || answer.type === 'opaqueredirect';
		toast(sent ? 'Stop was sent to the printer. Software is not a safety device: look at it.'
			: 'The printer could not be reached. Cut the power if there is danger.', sent ? 'status' : 'alert');
	} catch {
		location.href = button.href;
	} finally {
		button.removeAttribute('aria-busy');
	}
}

export function holdToStop(root) {
	const button = root.querySelector('a[data-stop]');
	if (!button)
		return;
	let timer = 0;
	let fired = false;
	let pointer = false;
	const release = () => {
		clearTimeout(timer);
		timer = 0;
	};

	button.addEventListener('pointerdown', (event) => {
		if (event.button !== 0)
			return;
		pointer = true;
		fired = false;
		timer = setTimeout(() => {
			fired = true;
			fire(button);
		}, HOLD_MS);
	});
	button.addEventListener('pointerleave', release);
	button.addEventListener('pointercancel', release);
	button.addEventListener('click', async (event) => {
		event.preventDefault();
		release();
		if (pointer && fired) {
			pointer = false;
			return;
		}
		pointer = false;
		const yes = await ask({
			title: 'Stop the printer at once?',
			text: 'It stops moving and heating and must be restarted. A running print is lost.',
			yes: 'Emergency stop',
			no: 'Back',
		});
		if (yes)
			fire(button);
	});
}
