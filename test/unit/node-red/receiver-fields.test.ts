import assert from 'node:assert/strict';
import { checkField } from '../../../node-red/editor/receiver-fields';
import type { EditorNode } from '../../../node-red/editor/red';

describe('what the dialog of a receiver says of fields that may be empty', () => {
	const world = globalThis as { RED?: unknown };
	const before = world.RED;
	beforeEach(() => {
		world.RED = { _: (key: string) => key.replace('sluice-editor:', '') };
	});
	afterEach(() => (world.RED = before));

	const node = (settings: object = {}): EditorNode =>
		({ id: 'r', _def: { defaults: {}, _: (key: string) => key }, ...settings }) as never;
	const check = (name: string, value: unknown, settings: object = {}) =>
		checkField(name, value, node({ [name]: value, ...settings }));

	const cases: [name: string, value: unknown, verdict: true | string, settings?: object][] = [
		['typePath', undefined, true],
		['typePath', '${TYPE_PATH}', true],
		['typePath', '..', 'error.placeInBody'],
		['typePath', 'event.type', 'error.typePlaces', { typeQuery: 'type' }],
		['typeQuery', 'type', 'error.typePlaces', { typeHeader: 'X-Type' }],
		['typeHeader', 'X-Type', true, { typePath: ' ' }],
		['latestTimePath', '..', true],
		['latestTimePath', '..', 'error.placeInBody', { keepLatest: true }],
		['dedupeKeyPath', 'a,b,c,d,e', true],
		['dedupeKeyPath', 'a,b,c,d,e,f', 'error.amount'],
		['dedupeHours', '0', 'error.whole'],
		['maxDecompressedBytes', '1e3', 'error.whole'],
		['trustedProxies', '10.0.0.0/8, ::1', true],
		['trustedProxies', '10.0.0.0/8, host', 'error.cidrs'],
		['allowedOrigins', '*', true],
		['allowedOrigins', '*, https://a.example', 'error.origins'],
		['allowedOrigins', 'https://a.example/', 'error.origins'],
		['allowedHeaders', 'content-type, a b', 'error.header'],
		['source', '<anything>', true],
	];
	for (const [name, value, verdict, settings] of cases) {
		it(`${name}: ${String(value)} beside ${JSON.stringify(settings ?? {})}`, () => {
			assert.equal(check(name, value, settings), verdict);
		});
	}
});
