import assert from 'node:assert/strict';
import { valueLists } from '../../../core/signature/value-lists';

describe('headers and query of a message', () => {
	it('are lists of texts by name, whatever a host makes of them', () => {
		const found = valueLists({ a: 'x', b: ['y', 'z'], c: { d: '1' }, e: undefined, f: ['v', 2] });
		assert.deepEqual(found, { a: ['x'], b: ['y', 'z'], c: [], e: [], f: ['v'] });
	});

	it('are spelled as asked for, the later of two counting', () => {
		const lower = (name: string): string => name.toLowerCase();
		assert.deepEqual(valueLists({ 'X-A': '1', 'x-a': '2' }, lower), { 'x-a': ['2'] });
	});
});
