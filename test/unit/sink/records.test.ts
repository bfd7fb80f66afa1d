import assert from 'node:assert/strict';
import type { Batch, StoredRow } from '../../../core/buffer/store';
import { createEvent } from '../../../core/event/create-event';
import { encodeEvent } from '../../../core/event/codec';
import type { Column } from '../../../core/mapping/column';
import { createRowRenderer } from '../../../core/mapping/render-row';
import { jsonRow } from '../../../core/sink/formats/json-row';
import { cellReader } from '../../../core/sink/records';
import { fakeBatch } from '../../support/fake-batch';
import { readRecords } from '../../support/read-records';

const columns: Column[] = [
	{ type: 'path', name: 'n', path: 'n' },
	{ type: 'id', name: 'id' },
	{ type: 'path', name: '__proto__', path: 's' },
];
const event = createEvent({
	id: 'e1',
	receivedAt: 0,
	headers: { 'content-type': 'application/json', 'x-a': ['1', '2'] },
	body: '{"n":1.50,"s":"x"}',
});

function recordWriter(
	batch: Batch,
	o?: Parameters<typeof jsonRow.rowWriter>[1],
): (row: StoredRow) => string {
	const write = jsonRow.rowWriter(batch, o);
	return (row) => new TextDecoder().decode(write(row));
}

async function cellsOf(batch: Batch): Promise<unknown[]> {
	const cells: unknown[] = [];
	for await (const rows of batch.rows()) cells.push(...rows.map(cellReader(batch)));
	return cells;
}

function batchOf(output: Batch['output'], withColumns: boolean): Batch {
	const config = withColumns ? { output, columns } : { output };
	const { payload } = createRowRenderer(config)(event);
	return fakeBatch({ ...config, payloads: [payload, payload], firstRowId: 41 });
}

describe('readRecords', () => {
	it('fills the ids of records in their place', async () => {
		const records = await readRecords(batchOf('record', true));
		assert.equal(
			JSON.stringify(records),
			'[{"n":1.5,"id":41,"__proto__":"x"},{"n":1.5,"id":42,"__proto__":"x"}]',
		);
	});

	it('names text cells by their columns', async () => {
		const records = await readRecords(batchOf('cells', true));
		assert.equal(
			JSON.stringify(records),
			'[{"n":"1.50","id":"41","__proto__":"\\"x\\""},{"n":"1.50","id":"42","__proto__":"\\"x\\""}]',
		);
	});

	for (const output of ['event', 'record'] as const) {
		it(`shows whole events of output ${output}`, async () => {
			const [record] = await readRecords(batchOf(output, false));
			assert.deepEqual(record, {
				id: 'e1',
				receivedAt: '1970-01-01T00:00:00.000Z',
				ip: '',
				headers: { 'content-type': 'application/json', 'x-a': ['1', '2'] },
				body: { n: 1.5, s: 'x' },
			});
		});
	}

	it('gives items of the flow back as they were', async () => {
		const payloads = [{ a: 1 }, 2, 'three'].map((body) => encodeEvent(createEvent({ body })));
		const batch = fakeBatch({ output: 'event', payloads, exportId: 'items:n1/main' });
		assert.deepEqual(await readRecords(batch), [{ a: 1 }, 2, 'three']);
	});

	it('shows the event of a row that could not be mapped', async () => {
		const batch = fakeBatch({
			output: 'cells',
			columns,
			payloads: [encodeEvent(event)],
			mappingRevision: 0,
		});
		assert.equal(((await readRecords(batch)) as { id: string }[])[0]?.id, 'e1');
	});

	it('reports a damaged row without showing it', async () => {
		const batch = fakeBatch({
			output: 'record',
			payloads: [new TextEncoder().encode('{"hunter2')],
		});
		await assert.rejects(readRecords(batch), (error: Error & { code?: string }) => {
			return error.code === 'ERR_STORE_CORRUPT' && !error.message.includes('hunter2');
		});
	});
});

describe('credentials of senders', () => {
	const sent = createEvent({
		headers: { authorization: 'Bearer x', cookie: 'c', 'x-a': '1' },
		body: 'hi',
	});
	const headers: Column[] = [{ type: 'headers', name: 'headers' }];
	const headersOf = async (
		config: { output: Batch['output']; columns?: Column[] },
		o?: Parameters<typeof recordWriter>[1],
	): Promise<unknown> => {
		const { payload } = createRowRenderer(config)(sent);
		const batch = fakeBatch({ ...config, payloads: [payload] });
		for await (const [row] of batch.rows())
			return (JSON.parse(recordWriter(batch, o)(row!)) as { headers: unknown }).headers;
		return undefined;
	};

	for (const output of ['event', 'record'] as const) {
		it(`do not leave with whole events of output ${output}, unless that was chosen`, async () => {
			assert.deepEqual(await headersOf({ output }), { 'x-a': '1' });
			assert.deepEqual(await headersOf({ output }, { sendCredentials: true }), {
				authorization: 'Bearer x',
				cookie: 'c',
				'x-a': '1',
			});
		});
	}

	it('stay in a column that the author mapped', async () => {
		assert.deepEqual(await headersOf({ output: 'record', columns: headers }), {
			Authorization: 'Bearer x',
			Cookie: 'c',
			'X-A': '1',
		});
	});
});

describe('numbers that a double would round', () => {
	const body = '{"id":4634343214213523454,"price":1.10,"e":1e400}';
	const big = createEvent({ headers: { 'content-type': 'application/json' }, body });
	const picked: Column[] = [
		{ type: 'id', name: 'row' },
		{ type: 'path', name: 'id', path: 'id' },
		{ type: 'path', name: 'all', path: '' },
	];
	const rowsOf = (
		config: Pick<Batch, 'output'> & { columns?: Column[]; receiverId?: string; exportId?: string },
	) => {
		const { payload } = createRowRenderer(config)(big);
		return fakeBatch({ ...config, payloads: [payload], firstRowId: 7 });
	};
	const written = async (batch: Batch): Promise<string> => {
		const texts: string[] = [];
		for await (const rows of batch.rows()) texts.push(...rows.map(recordWriter(batch)));
		return texts.join();
	};

	const ways: [name: string, batch: () => Batch, json: string, asText: unknown][] = [
		[
			'picked fields',
			() => rowsOf({ output: 'record', columns: picked }),
			`{"row":7,"id":4634343214213523454,"all":${body}}`,
			{
				row: 7,
				id: '4634343214213523454',
				all: { id: '4634343214213523454', price: 1.1, e: '1e400' },
			},
		],
		[
			'items of the flow',
			() => rowsOf({ output: 'event', exportId: 'items:n/main' }),
			body,
			{ id: '4634343214213523454', price: 1.1, e: '1e400' },
		],
		[
			'items of the flow as records',
			() => rowsOf({ output: 'record', receiverId: 'items:n' }),
			body,
			{ id: '4634343214213523454', price: 1.1, e: '1e400' },
		],
	];
	for (const [name, batch, json, asText] of ways) {
		it(`leave in ${name} as they came`, async () => assert.equal(await written(batch()), json));

		it(`reach a flow in ${name} as text where it wants that`, async () =>
			assert.deepEqual(await readRecords(batch(), 'text'), [asText]));
	}

	for (const output of ['event', 'record'] as const) {
		it(`leave in whole events of output ${output} as they came`, async () => {
			assert.ok((await written(rowsOf({ output }))).endsWith(`"body":${body}}`));
		});
	}

	it('leave in a row that could not be mapped as they came', async () => {
		const batch = fakeBatch({
			output: 'cells',
			columns,
			payloads: [encodeEvent(big)],
			mappingRevision: 0,
		});
		assert.ok((await written(batch)).endsWith(`"body":${body}}`));
	});
});

describe('cellReader', () => {
	it('gives cells in the order of the columns', async () => {
		assert.deepEqual(await cellsOf(batchOf('cells', true)), [
			['1.50', '41', '"x"'],
			['1.50', '42', '"x"'],
		]);
	});

	it('gives the values of typed records, which are JSON where they are no text', async () => {
		assert.deepEqual(await cellsOf(batchOf('record', true)), [
			['1.50', '41', 'x'],
			['1.50', '42', 'x'],
		]);
	});

	it('says of a whole event that it has no columns', () =>
		assert.rejects(cellsOf(batchOf('event', false)), { code: 'ERR_COLUMN_VALUE' }));
});
