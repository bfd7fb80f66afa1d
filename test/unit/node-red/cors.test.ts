import assert from 'node:assert/strict';
import { corsHeaders } from '../../../node-red/runtime/cors';

describe('corsHeaders: what httpNodeCors adds to an answer', () => {
	const cases: [
		name: string,
		options: unknown,
		origin: string | undefined,
		allowed: string | undefined,
	][] = [
		['no options', undefined, 'https://a', undefined],
		['everyone', { origin: '*' }, 'https://a', '*'],
		['everyone by default', {}, undefined, '*'],
		['one text', { origin: 'https://a' }, 'https://b', 'https://a'],
		['a pattern that matches', { origin: /a$/ }, 'https://a', 'https://a'],
		['a pattern that does not', { origin: /a$/ }, 'https://b', undefined],
		['a list', { origin: ['https://x', /b$/] }, 'https://b', 'https://b'],
		['whoever asks', { origin: true }, 'https://c', 'https://c'],
		['whoever asks, and nobody asked', { origin: true }, undefined, undefined],
	];
	for (const [name, options, origin, allowed] of cases) {
		it(name, () => {
			assert.equal(corsHeaders(options, origin)['access-control-allow-origin'], allowed);
		});
	}
});
