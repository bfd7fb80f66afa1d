import assert from 'node:assert/strict';
import { valueFormat, type ValueOptions } from '../../../core/sink/formats/values';

const EVENT = {
	id: 'e1',
	receivedAt: '2026-11-29T12:00:00.000Z',
	headers: { authorization: 'Basic x', 'content-type': 'application/json' },
	body: {
		event: { targetName: 'd' },
		labels: { name: 'n', room: 'r' },
		metadata: { m: 1 },
		more: 2,
	},
};

function written(rows: readonly unknown[], options: ValueOptions): [type: string, text: string] {
	const format = valueFormat(rows, options);
	return [format.contentType, format.join(rows.map((row) => format.write(row)))];
}

describe('rows of the flow in one request', () => {
	const rows = [{ a: 1, b: 'x,y' }, { b: null, a: { c: [true] } }, {}];

	it('are a JSON list, lines of JSON, or a table', () => {
		assert.deepEqual(written(rows, {}), [
			'application/json',
			'[{"a":1,"b":"x,y"},{"b":null,"a":{"c":[true]}},{}]',
		]);
		assert.deepEqual(written(rows, { format: 'ndjson' }), [
			'application/x-ndjson',
			'{"a":1,"b":"x,y"}\n{"b":null,"a":{"c":[true]}}\n{}\n',
		]);
		const lines = '1,"x,y"\n"{""c"":[true]}",\n,\n';
		assert.deepEqual(written(rows, { format: 'csv' }), [
			'text/csv; charset=utf-8',
			`a,b\n${lines}`,
		]);
		assert.deepEqual(written(rows, { format: 'csv', csvHeader: false })[1], lines);
	});

	it('are what was chosen of whole events, without what let their senders in', () => {
		const json = (options: ValueOptions): unknown[] =>
			JSON.parse(written([EVENT], options)[1]) as unknown[];
		const { authorization: _, ...headers } = EVENT.headers;
		assert.deepEqual(json({}), [{ ...EVENT, headers }]);
		assert.deepEqual(json({ sendCredentials: true }), [EVENT]);
		assert.deepEqual(json({ body: 'body' }), [EVENT.body]);
		assert.deepEqual(json({ body: 'connector', labels: ['room', 'none'] }), [
			{ event: EVENT.body.event, labels: { room: 'r' }, metadata: { m: 1 } },
		]);
	});

	it('are bodies themselves where they are no whole events', () => {
		const { body } = EVENT;
		assert.equal(written([body], { body: 'body' })[1], JSON.stringify([body]));
		assert.equal(
			written([body], { body: 'connector' })[1],
			'[{"event":{"targetName":"d"},"labels":{},"metadata":{"m":1}}]',
		);
	});

	const unfit: readonly (readonly [what: string, row: unknown, options: ValueOptions])[] = [
		['a whole event in a table', EVENT, { format: 'csv' }],
		['a text in a table', 'a', { format: 'csv' }],
		['a list in a table', [1], { format: 'csv' }],
		['no event for a Data Connector', { labels: {} }, { body: 'connector' }],
		['a text for a Data Connector', 'a', { body: 'connector' }],
	];
	for (const [what, row, options] of unfit) {
		it(`concern themselves alone: ${what}`, () => {
			const format = valueFormat([{ a: 1 }, row], options);
			assert.throws(() => format.write(row), { code: 'ERR_COLUMN_VALUE' });
			if (options.format) assert.equal(format.write({ a: 1 }), '1\n');
		});
	}

	it('that cannot be written are refused one by one', () => {
		for (const format of ['json-array', 'ndjson', 'csv'] as const) {
			const { write } = valueFormat([{ a: 1 }], { format });
			const circular: { a?: unknown } = {};
			circular.a = circular;
			assert.throws(() => write(circular), { code: 'ERR_BODY_UNREADABLE' }, format);
		}
	});
});
