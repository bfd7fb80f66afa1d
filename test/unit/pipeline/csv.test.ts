import assert from 'node:assert/strict';
import { lenientBody } from '../../../core/event/body';
import { createEvent } from '../../../core/event/create-event';
import { decodeEvent } from '../../../core/event/codec';
import { eventRecord } from '../../../core/event/event-record';
import type { Column } from '../../../core/mapping/column';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const CSV = 'id;name\r\n1;"a;b"\r\n2;ü\r\n';

describe('a receiver and CSV', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (receiver: object = {}, columns?: readonly Column[]) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: anExportInput(columns ? { columns, output: 'record' } : {}) }],
			HOLDER,
		).ready;
	const push = async (body: string | Uint8Array, type = 'text/csv') => {
		const headers = { 'content-type': type };
		const answer = await world.pipeline.accept('r1', aPush({ body: Buffer.from(body), headers }));
		return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
	};
	const rows = () => world.store.peek('r1/main', { limit: 10 });
	const records = async () =>
		(await rows()).map(({ payload }) => eventRecord(decodeEvent(payload), 'text'));
	const bodies = async () =>
		JSON.parse(JSON.stringify((await records()).map(({ body }) => body))) as unknown[];

	it('takes it as one event, a list of objects, by its type and the delimiter of the receiver', async () => {
		await attach({ csvDelimiter: 'semicolon' });
		assert.equal((await push(`\ufeff${CSV}`, 'text/csv; charset=utf-8')).status, 200);
		assert.deepEqual(await bodies(), [
			[
				{ id: '1', name: 'a;b' },
				{ id: '2', name: 'ü' },
			],
		]);
		const [row] = await rows();
		assert.equal(Buffer.from(decodeEvent(row!.payload).body).toString(), `\ufeff${CSV}`);
	});

	it('takes a text of another type as CSV where it is told to', async () => {
		await attach({ readBodyAs: 'csv', csvDelimiter: 'semicolon' });
		await push(CSV, 'text/plain');
		assert.equal(((await bodies())[0] as unknown[]).length, 2);
	});

	it('leaves it a text where it is told to', async () => {
		await attach({ readBodyAs: 'text' });
		await push('a,b\n1');
		assert.deepEqual(await bodies(), ['a,b\n1']);
	});

	it('goes by the type where nobody says how fields are separated, and whether there are names', async () => {
		await attach();
		await push('a\tb\n1\t2', 'text/tab-separated-values');
		await push('1,2', 'text/csv; header=absent');
		await push('a\n1', 'application/csv');
		assert.deepEqual(await bodies(), [
			[{ a: '1', b: '2' }],
			[{ column1: '1', column2: '2' }],
			[{ a: '1' }],
		]);
	});

	it('reads what is no UTF-8 as windows-1252, which spreadsheets write, and by a charset that is named', async () => {
		await attach();
		await push(Buffer.from('a\nZ\xfcrich', 'latin1'));
		await push(Buffer.from('\ufeffa\nZürich', 'utf16le'), 'text/csv; charset=utf-16');
		assert.deepEqual(await bodies(), [[{ a: 'Zürich' }], [{ a: 'Zürich' }]]);
	});

	it('takes an event per line where it splits, each as JSON, whatever the type says', async () => {
		await attach({ split: 'csv', csvDelimiter: 'semicolon', typePath: 'name' });
		const { status, body } = await push(CSV, 'application/octet-stream');
		assert.equal(status, 200);
		const events = (await rows()).map(({ payload }) => decodeEvent(payload));
		assert.deepEqual(
			body['ids'],
			events.map(({ id }) => id),
		);
		assert.deepEqual(
			events.map(({ body, type, headers }) => [
				Buffer.from(body).toString(),
				type,
				headers['content-type'],
			]),
			[
				['{"id":"1","name":"a;b"}', 'a;b', ['application/json']],
				['{"id":"2","name":"ü"}', 'ü', ['application/json']],
			],
		);
		assert.deepEqual(await bodies(), [
			{ id: '1', name: 'a;b' },
			{ id: '2', name: 'ü' },
		]);
	});

	it('reads the same bytes by the delimiter of each event', () => {
		const event = createEvent({ body: 'a;b,c\n1;2,3', headers: { 'content-type': 'text/csv' } });
		assert.deepEqual(lenientBody(event), [{ 'a;b': '1;2', c: '3' }]);
		const other = { ...event, csvDelimiter: 'semicolon' } as const;
		assert.deepEqual(lenientBody(other), [{ a: '1', 'b,c': '2,3' }]);
	});

	it('gives templates the objects', async () => {
		const content = 'Body("name")';
		const column = { type: 'template', name: 't', template: { language: 'jsonnet', content } };
		await attach({ split: 'csv', csvDelimiter: 'semicolon' }, [column as Column]);
		await push(CSV);
		const payloads = (await rows()).map(({ payload }) => Buffer.from(payload).toString());
		assert.deepEqual(
			payloads.map((one) => JSON.parse(one) as unknown),
			[{ t: 'a;b' }, { t: 'ü' }],
		);
	});

	for (const split of ['one', 'csv']) {
		it(`refuses a ragged line and stores nothing of the request, with split ${split}`, async () => {
			await attach({ split });
			const { status, body } = await push('a,b\n1,2\n3\n');
			assert.deepEqual([status, body['error']], [400, 'ERR_BODY_UNREADABLE']);
			assert.match(String(body['message']), /line 3 has 1 field/);
			assert.deepEqual(await rows(), []);
		});

		it(`refuses a charset that nobody knows, with split ${split}`, async () => {
			await attach({ split });
			assert.equal((await push('a\n1', 'text/csv; charset=x')).status, 415);
		});
	}

	it('takes 10,000 lines and no more', async () => {
		await attach({ split: 'csv' });
		const { status, body } = await push(`a\n${'1\n'.repeat(10_001)}`);
		assert.deepEqual([status, body['error']], [413, 'ERR_REQUEST_TOO_LARGE']);
		assert.deepEqual(await rows(), []);
		assert.equal((await push(`a\n${'1\n'.repeat(10_000)}`)).body['stored'], 10_000);
	});

	it('refuses to be configured for what it does not know', async () => {
		const refused = (receiver: object, message: RegExp) =>
			assert.rejects(async () => attach(receiver), { code: 'ERR_CONFIG_INVALID', message });
		await refused({ csvDelimiter: ',' }, /csvDelimiter: .*comma/);
		await refused({ split: 'csv', readBodyAs: 'json' }, /split: .* is CSV/);
		await refused({ split: 'ndjson', readBodyAs: 'csv' }, /split: .* is JSON/);
	});
});
