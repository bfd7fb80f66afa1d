import assert from 'node:assert/strict';
import { exactBody, lenientBody } from '../../../core/event/body';
import { decodeEvent, encodeEvent } from '../../../core/event/codec';
import { eventRecord } from '../../../core/event/event-record';
import type { SchemaInput } from '../../../core/receiver/schema/parse-schema';
import { takeIn } from '../../../core/receiver/intake/intake';
import { prepareReceiver } from '../../../core/receiver/intake/prepare';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { previewPush } from '../../../core/pipeline/preview';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const FIELDS = [
	{ name: 'n', type: 'int' },
	{ name: 'day', type: 'date' },
	{ name: 't', type: 'text' },
] as const;

interface Answered {
	readonly error?: string;
	readonly message?: string;
	readonly stored?: number;
	readonly duplicate?: boolean;
}

const takenIn = (body: string, schema: SchemaInput) =>
	takeIn(
		aPush({ body: Buffer.from(body) }),
		prepareReceiver(parseReceiverConfig({ id: 'r1', auth: OPEN, schema })),
		{ now: () => 1_000, newId: () => 'e1' },
	);

describe('a receiver with a schema', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (schema: SchemaInput, receiver: object = {}, export_: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, schema, ...receiver },
			[{ config: anExportInput(export_) }],
			HOLDER,
		).ready;
	const push = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
		const given = { 'content-type': 'application/json', ...headers };
		const answer = await world.pipeline.accept(
			'r1',
			aPush({ body: Buffer.from(body), headers: given }),
		);
		return { ...(JSON.parse(answer.body) as Answered), status: answer.status };
	};
	const stored = async () => {
		const rows = await world.store.peek('r1/main', { limit: 100 });
		return rows.map(({ payload }) => decodeEvent(payload));
	};
	const bodies = async () => (await stored()).map(({ body }) => Buffer.from(body).toString());
	const seen = () => world.pipeline.recentRequests('r1')?.[0];

	it('keeps the bytes of a record that fits, with its id', async () => {
		await attach({ fields: FIELDS });
		const body = ' {"n": 1, "more": 1.10, "more": 12345678901234567890, "day": null}\n';
		assert.equal((await push(body)).status, 200);
		assert.deepEqual(await bodies(), [body]);
		const [event] = await stored();
		assert.match(event?.recordId ?? '', /^[0-9a-f]{40}$/);
		assert.equal(eventRecord(event!)['recordId'], event?.recordId);
	});

	it('writes a record that is converted anew, and nothing else of it is another value', async () => {
		await attach({ fields: FIELDS });
		const body =
			'{"n":"7","day":"04/03/2025","t":1.10,"__proto__":1.10,"id":12345678901234567890,"x":"\\ud800","e":{}}';
		await push(body, { 'content-digest': 'sha-256=:x:', 'x-other': '1' });
		await push('{"n":"","t":"","day":" "}');
		assert.deepEqual(await bodies(), [
			'{"n":7,"day":"2025-03-04","t":"1.10","__proto__":1.10,"id":12345678901234567890,"x":"\\ud800","e":{}}',
			'{"n":null,"t":"","day":null}',
		]);
		const [event] = await stored();
		assert.equal(event?.headers['content-digest'], undefined);
		assert.deepEqual(event?.headers['x-other'], ['1']);
		assert.deepEqual(event?.headers['content-type'], ['application/json']);
	});

	it('is a record as it is read again: the values are not kept in another way than the bytes', async () => {
		const made = [
			'{"n":"7","a":[1,{"b":"x"}]}',
			'{"n":7.50e0,"b":5}',
			'{"n":1,"t":2.50,"c":-0}',
			'{"n":3.9,"big":12345678901234567890}',
		];
		for (const body of made) {
			for (const { event } of await takenIn(body, { fields: FIELDS })) {
				const again = decodeEvent(encodeEvent(event));
				assert.deepEqual(again, event);
				assert.deepEqual(lenientBody(event), lenientBody(again), body);
				assert.equal(JSON.stringify(exactBody(event)), JSON.stringify(exactBody(again)), body);
			}
		}
	});

	const refused: [
		name: string,
		schema: SchemaInput,
		body: string,
		message: RegExp,
		reason: string,
	][] = [
		[
			'another type',
			{ fields: FIELDS },
			'{"n":[7]}',
			/^field "n": expected a number of 64 bits, got a list$/,
			'field_value',
		],
		[
			'a date on no calendar',
			{ fields: FIELDS },
			'{"day":"2026-02-30"}',
			/field "day": expected a date such as .* got a text that is none$/,
			'field_value',
		],
		[
			'a conversion, when strict',
			{ fields: FIELDS, mode: 'strict' },
			'{"n":"7"}',
			/field "n": expected a whole number .* got a text/,
			'field_value',
		],
		[
			'a number for a text, when strict',
			{ fields: FIELDS, mode: 'strict' },
			'{"t":7}',
			/field "t": expected a text, got a number$/,
			'field_value',
		],
		[
			'the last of two of a name',
			{ fields: FIELDS, mode: 'strict' },
			'{"n":1,"n":true}',
			/field "n".*got true or false/,
			'field_value',
		],
		[
			'an unknown field',
			{ fields: FIELDS, unknown: 'refuse' },
			'{"N":1}',
			/^the schema has no field "N"$/,
			'unknown_field',
		],
		[
			'an unknown __proto__',
			{ fields: FIELDS, unknown: 'refuse' },
			'{"__proto__":1}',
			/no field "__proto__"/,
			'unknown_field',
		],
		[
			'a record without its unique field',
			{ fields: [{ name: 'k', type: 'int', unique: true }] },
			'{"k":null,"v":1}',
			/unique field \("k"\)/,
			'no_unique_field',
		],
		['a list', {}, '[{}]', /expected a JSON object.* got a list; .*each element/, 'not_an_object'],
		['a number', {}, '1.0', /got a number/, 'not_an_object'],
		['null', {}, 'null', /got null/, 'not_an_object'],
	];
	for (const [name, schema, body, message, reason] of refused) {
		it(`refuses ${name}`, async () => {
			await attach(schema);
			const answer = await push(body);
			assert.deepEqual([answer.status, answer.error], [400, 'ERR_SCHEMA_MISMATCH']);
			assert.match(String(answer.message), message);
			assert.deepEqual(await bodies(), []);
			assert.deepEqual([seen()?.code, seen()?.reason], ['ERR_SCHEMA_MISMATCH', reason]);
		});
	}

	it('refuses what is no JSON, and a text that looks like it unless it is to be read so', async () => {
		await attach({});
		assert.equal((await push('{"a":')).error, 'ERR_BODY_UNREADABLE');
		assert.equal(
			(await push('message=Hello', { 'content-type': '' })).error,
			'ERR_BODY_UNREADABLE',
		);
		assert.match(
			String((await push('{}', { 'content-type': 'text/plain' })).message),
			/got a text body/,
		);
		await attach({}, { readBodyAs: 'json' });
		assert.equal((await push('{}', { 'content-type': 'text/plain' })).status, 200);
	});

	it('takes all events of a request or none, and names the first that is wrong by its position', async () => {
		await attach({ fields: FIELDS }, { split: 'array' });
		const answer = await push('[{"n":1},{"n":"2"},{"n":"x"},7]');
		assert.equal(answer.status, 400);
		assert.match(String(answer.message), /^events\[2\]: field "n"/);
		assert.deepEqual(await bodies(), []);
		assert.equal((await push('[{"n":1},{"n":"2"}]')).stored, 2);
		assert.deepEqual(await bodies(), ['{"n":1}', '{"n":2}']);
	});

	it('drops unknown fields where it is told to, and case counts', async () => {
		await attach({ fields: FIELDS, unknown: 'drop', mode: 'strict' });
		await push('{"N":1,"n":1.0,"__proto__":{"x":1},"constructor":1}');
		assert.deepEqual(await bodies(), ['{"n":1.0}']);
	});

	it('makes JSON of a form and of lines of CSV', async () => {
		await attach({ fields: FIELDS });
		await push('n=7&t=%C3%BC&more=1', { 'content-type': 'application/x-www-form-urlencoded' });
		const [form] = await stored();
		assert.deepEqual(form?.headers['content-type'], ['application/json']);
		assert.deepEqual(eventRecord(form!)['body'], { n: 7, t: 'ü', more: '1' });
		await attach({ fields: FIELDS }, { split: 'csv' });
		await push('n,day\n7,2025/03/04\n,', { 'content-type': 'text/csv' });
		assert.deepEqual((await bodies()).slice(1), [
			'{"n":7,"day":"2025-03-04"}',
			'{"n":null,"day":null}',
		]);
	});

	it('writes in UTF-8 what came in another charset, and says so', async () => {
		await attach({ fields: FIELDS });
		const type = 'application/json; charset=iso-8859-1';
		await push(Buffer.from('{"n":"1","t":"ü"}', 'latin1'), { 'content-type': type });
		const [event] = await stored();
		assert.deepEqual(event?.headers['content-type'], ['application/json']);
		assert.deepEqual(eventRecord(event!)['body'], { n: 1, t: 'ü' });
	});

	it('looks for keys and columns in what was converted, and the record id is no key', async () => {
		const columns = [{ type: 'path', name: 'n', path: 'n' }];
		const unique = [{ name: 'n', type: 'int', unique: true }] as const;
		await attach({ fields: unique }, { dedupe: [{ keyPath: 'n', windowMs: 60_000 }] });
		await push('{"n":"7"}');
		assert.equal((await push('{"n":7.9}')).duplicate, true);
		await attach({ fields: unique }, {}, { columns, output: 'record' });
		await push('{"n":"7","v":1}');
		await push('{"n":7,"v":2}');
		const rows = await world.store.peek('r1/main', { limit: 100 });
		const payloads = rows.slice(1).map(({ payload }) => Buffer.from(payload).toString());
		assert.deepEqual(payloads, ['{"n":7}', '{"n":7}']);
	});

	it('gives one id to two spellings of a record', async () => {
		await attach({ fields: FIELDS });
		await push('{"n":"7","day":"04/03/2025","t":null}');
		await push('{"day":"2025-03-04","n":7.0}');
		await push('{"day":"2025-03-04","n":8}');
		const [one, same, other] = (await stored()).map(({ recordId }) => recordId);
		assert.equal(one, same);
		assert.notEqual(one, other);
	});

	it('that only reports passes everything on as it came, and does not hide it', async () => {
		await attach({ fields: FIELDS, mode: 'report', unknown: 'refuse' }, { split: 'array' });
		const told: unknown[] = [];
		const stop = world.pipeline.subscribe((notice) => {
			if (notice.kind === 'mismatched') told.push([notice.events, notice.first.message]);
		});
		const body = '[{"n":1},{"n":"7"},{"x":1},7]';
		assert.equal((await push(body)).stored, 4);
		stop();
		assert.deepEqual(await bodies(), ['{"n":1}', '{"n":"7"}', '{"x":1}', '7']);
		const ids = (await stored()).map(({ recordId }) => recordId !== undefined);
		assert.deepEqual(ids, [true, true, true, false]);
		assert.equal(told.length, 1);
		assert.match(String(told), /^3,events\[1\]: field "n": expected a whole number/);
		assert.equal(world.pipeline.held().receivers[0]?.pathMisses.schema, 3);
		const { outcome, code, reason, field, mismatches } = seen()!;
		assert.deepEqual(
			{ outcome, code, reason, field, mismatches },
			{
				outcome: 'stored',
				code: 'ERR_SCHEMA_MISMATCH',
				reason: 'field_value',
				field: 'n',
				mismatches: 3,
			},
		);
		await push('[{"n":1}]');
		assert.equal(seen()?.mismatches, undefined);
		assert.equal(world.pipeline.held().receivers[0]?.pathMisses.schema, 3);
	});

	it('names the field in the log, and never a value', async () => {
		const lines: string[] = [];
		const note = (line: string): void => void lines.push(line);
		const logger = { debug: note, info: note, warn: note, error: note };
		await world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, schema: { fields: FIELDS } },
			[{ config: anExportInput() }],
			{ ...HOLDER, logger },
		).ready;
		const { message } = await push('{"n":"hunter2"}');
		assert.doesNotMatch(String(message), /hunter2/);
		assert.match(lines.join('\n'), /ERR_SCHEMA_MISMATCH at field "n"/);
		assert.doesNotMatch(lines.join('\n'), /hunter2/);
	});

	it('is held against a push in a test mode as well', async () => {
		const config = { id: 'r1', auth: OPEN, schema: { fields: FIELDS } };
		const ask = (body: string) =>
			previewPush(config, [anExportInput()], aPush({ body: Buffer.from(body) }));
		assert.equal((await ask('{"n":"x"}')).answer.status, 400);
		const { records } = await ask('{"n":"7"}');
		assert.deepEqual((records?.[0]?.[0] as { body: unknown }).body, { n: 7 });
	});
});
