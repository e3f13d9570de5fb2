// SPDX-License-Identifier: Apache-2.0
// upload - the upload form with progress and a drop target; the plain form stays what it is.

function send(form, file) {
	const bar = form.querySelector('progress');
	const text = form.querySelector('[data-upload-text]');
	const request = new XMLHttpRequest();
	const body = new FormData(form);

	if (file)
		body.set('file', file, file.name);
	bar.hidden = false;
	request.open('POST', form.action);
	request.upload.addEventListener('progress', (event) => {
		if (!event.lengthComputable)
			return;
		bar.value = (100 * event.loaded) / event.total;
		text.textContent = `${Math.floor(bar.value)} % of ${(event.total / 1e6).toFixed(1)} MB`;
	});
	request.addEventListener('load', () => {
		if (request.status < 400) {
			location.href = request.responseURL || '/files';
			return;
		}
		const page = new DOMParser().parseFromString(request.responseText, 'text/html');
		text.textContent = page.querySelector('[role=alert]')?.textContent ?? 'The upload was refused.';
		bar.hidden = true;
	});
	request.addEventListener('error', () => {
		text.textContent = 'The upload was interrupted. Try again.';
		bar.hidden = true;
	});
	request.send(body);
}

export function uploadWithProgress(root) {
	const form = root.querySelector('form[data-upload]');
	if (!form)
		return;
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		send(form, null);
	});
	form.addEventListener('dragover', (event) => {
		event.preventDefault();
		form.dataset.over = 'true';
	});
	form.addEventListener('dragleave', () => delete form.dataset.over);
	form.addEventListener('drop', (event) => {
		event.preventDefault();
		delete form.dataset.over;
		if (event.dataTransfer.files.length > 0)
			send(form, event.dataTransfer.files[0]);
	});
}
