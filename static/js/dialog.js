// SPDX-License-Identifier: Apache-2.0
// dialog - a question in a native <dialog>; resolves to true when the person says yes. The focus
// starts on the safe answer and returns to where it was.

export function ask({ title, text, yes, no }) {
	return new Promise((resolve) => {
		const dialog = document.createElement('dialog');
		const heading = document.createElement('h2');
		const body = document.createElement('p');
		const row = document.createElement('div');
		const back = document.createElement('button');
		const go = document.createElement('button');
		const before = document.activeElement;

		heading.textContent = title;
		heading.id = 'dialog-title';
		dialog.setAttribute('aria-labelledby', heading.id);
		body.textContent = text;
		row.className = 'actions';
		back.className = 'button';
		back.textContent = no;
		go.className = 'button danger';
		go.textContent = yes;
		row.append(back, go);
		const stack = document.createElement('div');
		stack.className = 'stack';
		stack.append(heading, body, row);
		dialog.append(stack);
		document.body.append(dialog);
		const close = (answer) => {
			dialog.close();
			dialog.remove();
			before?.focus?.();
			resolve(answer);
		};
		back.addEventListener('click', () => close(false));
		go.addEventListener('click', () => close(true));
		dialog.addEventListener('cancel', (event) => {
			event.preventDefault();
			close(false);
		});
		dialog.showModal();
		back.focus();
	});
}

export function toast(text, role = 'status') {
	const place = document.getElementById('toasts');
	if (!place)
		return;
	const note = document.createElement('div');
	note.className = 'notice';
	note.dataset.role = role === 'alert' ? 'danger' : 'ok';
	note.textContent = text;
	place.append(note);
	setTimeout(() => note.remove(), 8000);
}
