import assert from 'node:assert/strict';
import { normalizeId } from '../../../core/mapping/normalize-id';

describe('normalizeId', () => {
	const cases: [name: string, id: string][] = [
		['My Receiver', 'my-receiver'],
		['CamelCase', 'camel-case'],
		['HTTPServer', 'httpserver'],
		['a B cd-eF   x_y___z__', 'a-b-cd-e-f-x-y-z'],
		['!!!!~~~~weird|||id##', 'weird-id'],
		['Žluťoučký kůň', 'zlutoucky-kun'],
		['straße ø', 'straße-ø'],
		['ǆ日本x', 'x'],
		['e\u0301te\u0301', 'e-te'],
		['42', '42'],
	];
	for (const [name, id] of cases) {
		it(`makes ${id} of ${name}`, () => assert.equal(normalizeId(name), id));
	}

	for (const name of ['', '---', '日本']) {
		it(`refuses ${JSON.stringify(name)}`, () => {
			assert.throws(() => normalizeId(name), { code: 'ERR_CONFIG_INVALID' });
		});
	}
});
