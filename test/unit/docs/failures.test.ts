import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const PLACES = ['docs/forwarding.md', 'node-red/sluice-forward/locales/en-US/sluice-forward.html'];
/** What goes wrong mostly, by words that people look for. */
const CAUSES = [
	/URL is wrong|URL<\/b> is wrong/,
	/self-signed.*expired.*another name/s,
	/401 or 403/,
];

describe('help with a destination that fails (D56)', () => {
	for (const place of PLACES) {
		it(`names the usual causes: ${place}`, () => {
			const text = readFileSync(new URL(`../../../${place}`, import.meta.url), 'utf8');
			const at = text.search(/Usual causes/);
			assert.ok(at > 0);
			for (const cause of CAUSES) assert.match(text.slice(at, at + 600), cause);
		});
	}
});
