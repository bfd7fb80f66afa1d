import assert from 'node:assert/strict';
import type { Batch } from '../../../core/buffer/store';
import { encodeEvent } from '../../../core/event/codec';
import { createEvent } from '../../../core/event/create-event';
import type { Column } from '../../../core/mapping/column';
import { formatCsvRow } from '../../../core/mapping/csv';
import { csv } from '../../../core/sink/formats/csv';
import { encodeRows, SLICE_BYTES } from '../../../core/sink/formats/encode-rows';
import type { Format } from '../../../core/sink/formats/format';
import { joinJson, jsonArray } from '../../../core/sink/formats/json-array';
import { jsonRow } from '../../../core/sink/formats/json-row';
import { ndjson } from '../../../core/sink/formats/ndjson';
import type { UnreadableRow } from '../../../core/sink/read-rows';
import { fakeBatch, packed } from '../../support/fake-batch';

const COLUMNS: Column[] = [
	{ type: 'path', name: 'a', path: 'a' },
	{ type: 'path', name: 'b', path: 'b' },
];
type Record = { a: unknown; b: unknown };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const batchOf = (records: readonly Record[]): Batch =>
	fakeBatch({ columns: COLUMNS, payloads: payloadsOf(records) });
const payloadsOf = (records: readonly Record[]): Uint8Array[] =>
	records.map((one) => bytes(JSON.stringify(one)));
const line = ({ a, b }: Record, quote: 'needed' | 'always' = 'needed'): string =>
	formatCsvRow(
		[a, b].map((one) => (one === null || typeof one === 'string' ? one : JSON.stringify(one))),
		{ quote },
	);

async function encoded(batch: Batch, format: Format, sliceBytes?: number) {
	const unreadable: UnreadableRow[] = [];
	const slices: Uint8Array[] = [];
	let rows = 0;
	const o = { unreadable, ...(sliceBytes === undefined ? {} : { sliceBytes }) };
	for await (const slice of encodeRows(batch, format, o)) {
		slices.push(slice.bytes);
		rows += slice.rows;
	}
	return { text: Buffer.concat(slices).toString(), slices, rows, unreadable };
}

/** Each format, and what it has to be, to the byte. */
const formats: readonly [name: string, format: Format, expected: (rows: Record[]) => string][] = [
	['json-array', jsonArray, (rows) => JSON.stringify(rows)],
	['ndjson', ndjson, (rows) => rows.map((one) => `${JSON.stringify(one)}\n`).join('')],
	['json-row', jsonRow, (rows) => rows.map((one) => JSON.stringify(one)).join('')],
	['csv', csv(), (rows) => rows.map((one) => line(one)).join('')],
	[
		'csv with names, all quoted',
		csv({ quote: 'always', header: true }),
		(rows) => `"a","b"\n${rows.map((one) => line(one, 'always')).join('')}`,
	],
];

const MANY: Record[] = Array.from({ length: 500 }, (_, n) => ({ a: n, b: `ä"\n,日\u2028${n}` }));

for (const [name, format, expected] of formats) {
	describe(`the format ${name}`, () => {
		for (const [what, rows] of [
			['no row', []],
			['one row', [{ a: 1, b: 'x' }]],
			[
				'nulls, lists, objects and line ends',
				[
					{ a: null, b: ['x', { y: [] }] },
					{ a: '\r\n', b: '' },
				],
			],
			['many rows', MANY],
		] satisfies [string, Record[]][]) {
			it(`writes ${what}, to the byte`, async () => {
				for (const batch of [batchOf(rows), packed(batchOf(rows), payloadsOf(rows))]) {
					const { text, rows: count, unreadable } = await encoded(batch, format);
					assert.equal(text, expected(rows));
					assert.equal(count, rows.length);
					assert.deepEqual(unreadable, []);
				}
			});
		}

		for (const sliceBytes of [1, 7, 1_000, SLICE_BYTES]) {
			it(`cuts the same bytes into slices of at most ${sliceBytes}`, async () => {
				for (const batch of [batchOf(MANY), packed(batchOf(MANY), payloadsOf(MANY))]) {
					const { text, slices, rows } = await encoded(batch, format, sliceBytes);
					assert.equal(text, expected(MANY));
					assert.equal(rows, MANY.length);
					for (const slice of slices.slice(0, -1)) assert.equal(slice.length, sliceBytes);
					assert.ok(slices.at(-1)!.length <= sliceBytes);
				}
			});
		}

		it('leaves out rows that cannot be written, and says where they were', async () => {
			const [first, last] = [
				{ a: 1, b: 1 },
				{ a: 2, b: 2 },
			];
			const deep = `{"a":${'['.repeat(501)}${']'.repeat(501)},"b":1}`;
			const damaged = ['{"hunter2', '', '{"a":1}{"b":1}', '{"a":1,"b":2},{"a":3}'];
			const payloads = [...damaged, deep].flatMap((bad) => [bad, JSON.stringify(first)]);
			const stored = [...payloads, JSON.stringify(last), '\xff'].map((one) =>
				one === '\xff' ? Uint8Array.of(0x22, 0xff, 0x22) : bytes(one),
			);
			const written = [...damaged.map(() => first), first, last];
			for (const [whole, isPacked] of [
				[0, false],
				[0, true],
				[6, true],
			] as const) {
				const all = [...payloadsOf(MANY.slice(0, whole)), ...stored];
				const rowByRow = fakeBatch({ columns: COLUMNS, payloads: all });
				const batch = isPacked ? packed(rowByRow, all) : rowByRow;
				const { text, rows, unreadable } = await encoded(batch, format);
				assert.equal(text, expected([...MANY.slice(0, whole), ...written]));
				assert.equal(rows, whole + written.length);
				assert.deepEqual(
					unreadable.map(({ position, error }) => [position - whole, error.code]),
					[
						...damaged.map((_, i) => [2 * i, 'ERR_STORE_CORRUPT']),
						[8, 'ERR_COLUMN_VALUE'],
						[11, 'ERR_STORE_CORRUPT'],
					],
				);
				const messages = unreadable.map(({ error }) => error.message);
				assert.doesNotMatch(JSON.stringify(messages), /hunter2/);
			}
		});

		it('fills the numbers of rows in, and keeps the numbers of senders', async () => {
			const columns: Column[] = [{ type: 'id', name: 'id' }, ...COLUMNS.slice(0, 1)];
			const payloads = ['1.10', '4634343214213523454'].map((a) => bytes(`{"id":null,"a":${a}}`));
			const { text } = await encoded(fakeBatch({ columns, payloads, firstRowId: 41 }), format);
			assert.match(text, /1\.10/);
			assert.match(text, /4634343214213523454/);
			assert.match(text, /\b41\b[^]*\b42\b/);
		});

		it('reads nothing of the store twice, and ends where the store ends', async () => {
			const gone = new Error('the store is gone');
			const batch: Batch = {
				...batchOf(MANY),
				rows: () => ({
					[Symbol.asyncIterator]: () => ({ next: () => Promise.reject(gone) }),
				}),
			};
			await assert.rejects(encoded(batch, format), gone);
		});
	});
}

describe('the formats of JSON', () => {
	it('take mapped records as they are stored', async () => {
		// As nothing of ours writes it: proves that the bytes were not written again.
		const payloads = [bytes('{ "a":1.0, "b":1e2 }')];
		const { text } = await encoded(fakeBatch({ columns: COLUMNS, payloads }), jsonArray);
		assert.equal(text, '[{ "a":1.0, "b":1e2 }]');
	});

	it('read none of them row by row, where the store has them side by side', async () => {
		const batch = packed(batchOf(MANY), payloadsOf(MANY));
		const rows = (): never => assert.fail('rows were read');
		for (const format of [jsonArray, ndjson, jsonRow])
			assert.equal((await encoded({ ...batch, rows }, format)).rows, MANY.length);
		// A number that the store does not have, and a part of what it has: both have to be written.
		const withId = { ...batch, columns: [{ type: 'id', name: 'id' }, ...COLUMNS] as Column[] };
		await assert.rejects(encoded({ ...withId, rows }, jsonArray), /rows were read/);
	});

	it('write whole events on one line, without the credentials of their senders', async () => {
		const event = createEvent({
			headers: { 'content-type': 'application/json', authorization: 'Bearer hunter2' },
			body: '{\n"n": 1.10\n}',
		});
		const batch = fakeBatch({ output: 'event', payloads: [encodeEvent(event)] });
		const { text } = await encoded(batch, ndjson);
		assert.match(text, /^\{[^\n]*"body":\{"n":1\.10\}\}\n$/);
		assert.doesNotMatch(text, /hunter2/);
	});

	it('join texts as rows are joined', () => {
		assert.equal(joinJson([]), '[]');
		assert.equal(joinJson(['1', '{"a":2}']), '[1,{"a":2}]');
	});
});

describe('CSV', () => {
	it('puts whole events aside, since they have no columns', async () => {
		const batch = fakeBatch({
			output: 'event',
			payloads: [encodeEvent(createEvent({ body: '1' }))],
		});
		const { text, rows, unreadable } = await encoded(batch, csv());
		assert.deepEqual([text, rows], ['', 0]);
		assert.equal(unreadable[0]?.error.code, 'ERR_COLUMN_VALUE');
	});

	it('writes text cells as they are', async () => {
		const payloads = [bytes('["1.10",null]'), bytes('["a,b","\\"x\\""]')];
		const { text } = await encoded(
			fakeBatch({ output: 'cells', columns: COLUMNS, payloads }),
			csv(),
		);
		assert.equal(text, '1.10,\n"a,b","""x"""\n');
	});
});
