import assert from 'node:assert/strict';
import { decodeEvent } from '../../../core/event/codec';
import { createListener } from '../../../core/receiver/listener/listener';
import { previewPush } from '../../../core/pipeline/preview';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

interface Counted {
	readonly stored: number;
	readonly duplicates: number;
	readonly filtered: number;
	readonly ids?: readonly (string | null)[];
	readonly error?: string;
	readonly message?: string;
}

describe('a receiver that splits bodies into events', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (receiver: object, export_: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: anExportInput(export_) }],
			HOLDER,
		).ready;
	const push = async (body: string | Uint8Array, headers: object = {}) => {
		const given = { 'content-type': 'application/json', ...headers };
		const answer = await world.pipeline.accept(
			'r1',
			aPush({ body: Buffer.from(body), headers: given }),
		);
		return { status: answer.status, ...(JSON.parse(answer.body) as Counted) };
	};
	const stored = async () => {
		const rows = await world.store.peek('r1/main', { limit: 100 });
		return rows.map(({ payload }) => Buffer.from(decodeEvent(payload).body).toString());
	};

	const split: { name: string; split: 'array' | 'ndjson'; body: string; parts: string[] }[] = [
		{
			name: 'an array, each element with the bytes that it came with',
			split: 'array',
			body: '\ufeff [ {"a":1.10, "b":"],[\\"}"} ,\n[1,[2]],"x,y",\t-0 ,null ] \n',
			parts: ['{"a":1.10, "b":"],[\\"}"}', '[1,[2]]', '"x,y"', '-0', 'null'],
		},
		{ name: 'an empty array', split: 'array', body: ' [ ]', parts: [] },
		{
			name: 'an object where an array may come',
			split: 'array',
			body: '{"a":[1]}',
			parts: ['{"a":[1]}'],
		},
		{
			name: 'lines, without those that are blank',
			split: 'ndjson',
			body: '\ufeff{"a":1}\r\n\n  \t\r\n[2, 3]\n"ü"',
			parts: ['{"a":1}', '[2, 3]', '"ü"'],
		},
		{ name: 'no line', split: 'ndjson', body: '\n', parts: [] },
	];
	for (const { name, split: how, body, parts } of split) {
		it(`stores ${name}, in order, and answers an id for each`, async () => {
			await attach({ split: how });
			const { status, ids, ...counts } = await push(body);
			assert.deepEqual(
				[status, counts],
				[200, { stored: parts.length, duplicates: 0, filtered: 0 }],
			);
			assert.deepEqual(await stored(), parts);
			const rows = await world.store.peek('r1/main', { limit: 100 });
			assert.deepEqual(
				ids,
				rows.map(({ eventId }) => eventId),
			);
			assert.equal(new Set(ids).size, parts.length);
		});
	}

	const refused: {
		name: string;
		split: 'array' | 'ndjson';
		body: string | Uint8Array;
		headers?: object;
		status?: number;
		error?: string;
		says: RegExp;
	}[] = [
		{
			name: 'an element that is no JSON',
			split: 'array',
			body: '[1,\n {"a":}]',
			says: /^events\[1\]: .* line 2, column 7$/,
		},
		{
			name: 'an element that is missing',
			split: 'array',
			body: '[1,,2]',
			says: /^events\[1\]: .* line 1, column 4$/,
		},
		{
			name: 'a comma at the end',
			split: 'array',
			body: '[1,]',
			says: /^events\[1\]: .* column 4$/,
		},
		{
			name: 'brackets that do not fit',
			split: 'array',
			body: '[[1}]]',
			says: /at line 1, column 4$/,
		},
		{
			name: 'an array without an end',
			split: 'array',
			body: '[1,{"a":2}',
			says: /unexpected end at line 1, column 11$/,
		},
		{ name: 'a text without an end', split: 'array', body: '["a', says: /at line 1/ },
		{ name: 'more behind the array', split: 'array', body: '[1] 2', says: /at line 1, column 5$/ },
		{
			name: 'bytes that are no UTF-8',
			split: 'array',
			body: Buffer.from([0x5b, 0x31, 0x2c, 0x22, 0xff, 0x22, 0x5d]),
			says: /^events\[1\]: .*UTF-8.* column 5$/,
		},
		{ name: 'an empty body', split: 'array', body: '', says: /events\[0\]: .* line 1, column 1$/ },
		{
			name: 'a line that is no JSON',
			split: 'ndjson',
			body: '{"a":1}\n\n{"a":\n',
			says: /^events\[1\]: .* line 3, column 6$/,
		},
		{
			name: 'an element nested too deeply',
			split: 'array',
			body: `[1,${'['.repeat(501)}${']'.repeat(501)}]`,
			says: /^events\[1\]: JSON is nested more than 500/,
		},
		{
			name: 'another charset',
			split: 'ndjson',
			body: '1',
			headers: { 'content-type': 'application/json; charset=utf-16' },
			status: 415,
			error: 'ERR_CONTENT_TYPE',
			says: /UTF-8.*utf-16/,
		},
		{
			name: '10,001 events',
			split: 'array',
			body: `[${'1,'.repeat(10_000)}1]`,
			status: 413,
			error: 'ERR_REQUEST_TOO_LARGE',
			says: /more than 10000 events/,
		},
		{
			name: '10,001 lines',
			split: 'ndjson',
			body: '1\n'.repeat(10_001),
			status: 413,
			error: 'ERR_REQUEST_TOO_LARGE',
			says: /more than 10000 events/,
		},
	];
	for (const {
		name,
		split: how,
		body,
		headers,
		status = 400,
		error = 'ERR_BODY_UNREADABLE',
		says,
	} of refused) {
		it(`refuses ${name} with its place, and stores nothing of the request`, async () => {
			await attach({ split: how });
			const answer = await push(body, headers);
			assert.deepEqual([answer.status, answer.error], [status, error], answer.message);
			assert.match(answer.message ?? '', says);
			assert.deepEqual(await stored(), []);
		});
	}

	it('takes 10,000 events, and answers so many without their ids', async () => {
		await attach({ split: 'ndjson' }, { columns: [{ type: 'body', name: 'b' }] });
		assert.deepEqual(await push('{}\n'.repeat(10_000)), {
			status: 200,
			stored: 10_000,
			duplicates: 0,
			filtered: 0,
		});
		assert.equal((await world.store.counters())[0]?.rows, 10_000);
	});

	it('refuses events whose rows are more than memory should hold, since each repeats the headers', async () => {
		await attach({ split: 'array' });
		const answer = await push(`[${'1,'.repeat(9_999)}1]`, { 'x-long': 'x'.repeat(8_000) });
		assert.deepEqual([answer.status, answer.error], [413, 'ERR_REQUEST_TOO_LARGE']);
		// Before the store is asked, which would refuse it as well.
		assert.match(answer.message ?? '', /rows of more than 67108864 bytes/);
		assert.deepEqual(await stored(), []);
	});

	it('refuses all events where one cannot be mapped, and names it', async () => {
		await attach({ split: 'array' }, { columns: [{ type: 'path', name: 'a', path: 'a' }] });
		const { status, message } = await push('[{"a":1},{"b":2}]');
		assert.equal(status, 400);
		assert.match(message ?? '', /^events\[1\]: /);
		assert.deepEqual(await world.store.peek('r1/main'), []);
	});

	it('tells stored, repeated and filtered events apart, also of repetitions within one request', async () => {
		const dedupe = [{ keyPath: 'id', windowMs: 60_000 }];
		await attach({ split: 'array', dedupe, typePath: 't' }, { filter: { types: ['x'] } });
		const { ids, ...first } = await push(
			'[{"id":1,"t":"x"},{"id":1,"t":"x"},{"id":2,"t":"y"},{"id":3,"t":"x"}]',
		);
		assert.deepEqual(first, { status: 200, stored: 2, duplicates: 1, filtered: 1 });
		assert.deepEqual(
			ids?.map((id) => typeof id === 'string'),
			[true, false, false, true],
		);
		const second = await push('{"id":3,"t":"x"}');
		assert.deepEqual(second, { status: 200, stored: 0, duplicates: 1, filtered: 0, ids: [null] });
		const third = await push('[{"id":4,"t":"y"},{"id":3,"t":"x"},{"id":4,"t":"x"}]');
		assert.deepEqual(
			[third.duplicates, third.filtered, third.ids?.map((id) => typeof id === 'string')],
			[1, 1, [false, false, true]],
			'nothing remembers the key of what was filtered',
		);
		const { receivers } = await world.pipeline.held();
		assert.equal(receivers[0]?.accepted, 8);
	});

	it('knows a request by its header, and each event of it by its position', async () => {
		const dedupe = [{ header: 'Webhook-Id', windowMs: 60_000 }];
		await attach({ split: 'ndjson', dedupe });
		const counts = async (body: string, id?: string) => {
			const { stored: kept, duplicates } = await push(
				body,
				id === undefined ? {} : { 'webhook-id': id },
			);
			return [kept, duplicates];
		};
		assert.deepEqual(await counts('1\n2', 'w1'), [2, 0]);
		assert.deepEqual(await counts('1\n2\n3', 'w1'), [1, 2]);
		assert.deepEqual(await counts('1\n2', 'w2'), [2, 0]);
		for (let time = 0; time < 2; time++) assert.deepEqual(await counts('1'), [1, 0]);
	});

	it('knows an event by any of its keys, which are not mistaken for each other', async () => {
		const windowMs = 60_000;
		const dedupe = [
			{ keyPath: 'id', windowMs },
			{ keyPath: 'order', windowMs },
			{ header: 'x-id', windowMs },
		];
		await attach({ dedupe });
		const send = async (body: string, id: string) => Object.keys(await push(body, { 'x-id': id }));
		assert.deepEqual(await send('{"id":5,"order":7}', '9'), ['status', 'id']);
		assert.deepEqual(await send('{"id":7,"order":9}', '5'), ['status', 'id']);
		assert.deepEqual(await send('{"id":1,"order":7}', '0'), ['status', 'duplicate']);
		assert.deepEqual(await send('{"id":2,"order":2}', '9'), ['status', 'duplicate']);
	});

	it('shows all events of a test push, and stores none', async () => {
		const { answer, records } = await previewPush(
			{ id: 'r1', auth: OPEN, split: 'array' },
			[
				anExportInput({
					columns: [
						{ type: 'id', name: 'n' },
						{ type: 'path', name: 'a', path: 'a' },
					],
				}),
			],
			aPush({ body: Buffer.from('[{"a":1},{"a":2}]') }),
		);
		assert.equal((JSON.parse(answer.body) as Counted).ids?.length, 2);
		assert.deepEqual(
			records?.[0]?.map((record) => ({ ...(record as object) })),
			[
				{ n: 1, a: 1 },
				{ n: 2, a: 2 },
			],
		);
	});

	for (const readBodyAs of ['form', 'text', 'binary'])
		it(`refuses to be configured for bodies that are read as ${readBodyAs}`, () =>
			assert.rejects(
				async () => attach({ split: 'array', readBodyAs }),
				/split: expected one where readBodyAs is/,
			));
	const places: [name: string, dedupe: object[]][] = [
		['neither path nor header', [{ windowMs: 1_000 }]],
		['both', [{ keyPath: 'a', header: 'b', windowMs: 1_000 }]],
		['no name of a header', [{ header: 'a b', windowMs: 1_000 }]],
		['six places', Array(6).fill({ keyPath: 'a', windowMs: 1_000 }) as object[]],
	];
	for (const [name, dedupe] of places)
		it(`refuses ${name} as places of keys`, () =>
			assert.rejects(async () => attach({ dedupe }), /dedupe/));

	it('takes many events over a socket', async () => {
		await attach({ split: 'ndjson' });
		const listener = await createListener({ port: 0 });
		try {
			const handler = (request: Parameters<PipelineWorld['pipeline']['accept']>[1]) =>
				world.pipeline.accept('r1', request);
			listener.mount({ path: '/in', handler, holder: HOLDER });
			const body = Array.from({ length: 50 }, (_, n) => JSON.stringify({ n })).join('\n');
			const response = await fetch(`http://127.0.0.1:${listener.port}/in`, {
				method: 'POST',
				headers: { 'content-type': 'application/x-ndjson' },
				body,
			});
			assert.equal(((await response.json()) as Counted).stored, 50);
			assert.deepEqual(await stored(), body.split('\n'));
			const [row] = await world.store.peek('r1/main');
			assert.equal(decodeEvent(row!.payload).readAs, 'json');
		} finally {
			await listener.close();
		}
	});
});
