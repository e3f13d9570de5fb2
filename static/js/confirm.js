// SPDX-License-Identifier: Apache-2.0
// confirm - a link to a confirmation page becomes a question in place. The texts are the page's own:
// it is fetched, so that nothing is said in two places.
import { ask } from './dialog.js';

const QUESTIONS = /\/(cancel|delete)$/;

export function confirmInPlace(root) {
	root.addEventListener('click', async (event) => {
		const link = event.target.closest?.('a.button.danger');
		if (!link || !QUESTIONS.test(link.pathname) || event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		try {
			const answer = await fetch(link.href, { credentials: 'same-origin' });
			const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
			const form = page.querySelector('main form');
			const yes = form.querySelector('button').textContent;
			const panel = form.closest('section');
			const agreed = await ask({
				title: panel.querySelector('h2').textContent,
				text: panel.querySelector('p').textContent,
				yes,
				no: 'Back',
			});
			if (!agreed)
				return;
			document.body.append(form);
			form.hidden = true;
			form.submit();
		} catch {
			location.href = link.href;
		}
	});
}
