// SPDX-License-Identifier: Apache-2.0
// app - makes a complete page live. Everything works without it; each module fails alone.
import { confirmInPlace } from './confirm.js';
import { holdToStop } from './stop.js';
import { uploadWithProgress } from './upload.js';

holdToStop(document);
confirmInPlace(document);
uploadWithProgress(document);

if (document.querySelector('[data-part]')) {
	import('./live.js').then((live) => live.start()).catch(() => {
		// Without the libraries (no npm at build) the page stays as it is.
	});
}
