import assert from 'node:assert/strict';
import { describeThrown } from '../../core/describe-thrown';

function thrownBy(f: () => unknown): unknown {
	try {
		return f();
	} catch (error) {
		return error;
	}
}

const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
const circular: Record<string, unknown> = { hunter2: 1 };
circular['self'] = circular;

describe('describeThrown: what of a thrown value people may see', () => {
	const cases: [what: string, thrown: unknown, shown: string][] = [
		['depth', thrownBy(() => JSON.stringify(deep)), 'RangeError: it is nested too deep'],
		['a circle', thrownBy(() => JSON.stringify(circular)), 'TypeError: it refers to itself'],
		[
			'a BigInt',
			new TypeError('Do not know how to serialize a BigInt'),
			'TypeError: it holds a BigInt, which is no JSON',
		],
		[
			'a defect',
			thrownBy(() => (undefined as unknown as { a: unknown }).a),
			'TypeError: Cannot read properties of undefined …',
		],
		[
			'a value in a message of the engine',
			thrownBy(() => Buffer.from(0 as unknown as string).write('hunter2')),
			'TypeError ERR_INVALID_ARG_TYPE: The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Recei',
		],
		['a parser that quotes the text', thrownBy(() => JSON.parse('hunter2')), 'SyntaxError'],
		[
			'the own words of a library',
			Object.assign(new Error('hunter2'), { code: 'ECONNRESET' }),
			'Error ECONNRESET',
		],
		['a name that is a message', Object.assign(new Error('x'), { name: 'hunter 2' }), 'Error'],
		['a code that is a message', Object.assign(new Error('x'), { code: 'hunter2' }), 'Error'],
		['a text', 'hunter2', 'a thrown string'],
		['null', null, 'a thrown null'],
	];
	for (const [what, thrown, shown] of cases) {
		it(`says "${shown.slice(0, 60)}" of ${what}`, () => {
			assert.equal(describeThrown(thrown), shown);
			assert.equal(describeThrown(thrown).includes('hunter2'), false);
		});
	}
});
