import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { decodeEvent } from '../../../core/event/codec';
import type { Event } from '../../../core/event/event';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

/** Of the specification, 3.1.1. */
const EVENT = {
	specversion: '1.0',
	type: 'com.github.pull_request.opened',
	source: 'https://github.com/cloudevents/spec/pull',
	subject: '123',
	id: 'A234-1234-1234',
	time: '2018-04-05T17:31:00Z',
	comexampleextension1: 'value',
	comexampleothervalue: 5,
	datacontenttype: 'text/xml',
	data: '<much wow="xml"/>',
};
const REQUIRED = { specversion: '1.0', id: '1', source: '/s', type: 't' };
const HEADERS = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };

interface Answered {
	readonly stored?: number;
	readonly duplicates?: number;
	readonly error?: string;
	readonly message?: string;
}

describe('a receiver of CloudEvents', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (receiver: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, split: 'cloudevents', ...receiver },
			[{ config: anExportInput({ filter: { types: ['t', EVENT.type] } }) }],
			HOLDER,
		).ready;
	const push = async (body: unknown, headers: object = { 'content-type': STRUCTURED }) => {
		const bytes =
			body instanceof Uint8Array
				? body
				: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
		const given = headers as Record<string, string>;
		const answer = await world.pipeline.accept('r1', aPush({ body: bytes, headers: given }));
		return { ...(JSON.parse(answer.body) as Answered), status: answer.status };
	};
	const events = async (): Promise<Event[]> => {
		const rows = await world.store.peek('r1/main', { limit: 10 });
		return rows.map(({ payload }) => decodeEvent(payload));
	};
	const texts = async () => (await events()).map(({ body }) => Buffer.from(body).toString());
	const headersOf = ({ headers }: Event) => ({ ...headers });

	it('takes one in structured mode as it came, with its type and source', async () => {
		await attach();
		const text = JSON.stringify(EVENT, null, 1);
		assert.equal(
			(await push(text, { 'content-type': `${STRUCTURED}; charset=UTF-8` })).status,
			200,
		);
		const [event] = await events();
		assert.equal(Buffer.from(event!.body).toString(), text);
		assert.deepEqual([event!.type, event!.source], [EVENT.type, EVENT.source]);
		assert.deepEqual(headersOf(event!), { 'content-type': [STRUCTURED] });
	});

	it('takes each of a batch, and what it is of the others not', async () => {
		await attach();
		const batch = [REQUIRED, { ...REQUIRED, id: '2', data: 1.5 }];
		const { status, stored } = await push(batch, { 'content-type': BATCH });
		assert.deepEqual([status, stored], [200, 2]);
		assert.deepEqual(
			await texts(),
			batch.map((one) => JSON.stringify(one)),
		);
		assert.deepEqual((await events()).map(headersOf), [
			{ 'content-type': [STRUCTURED] },
			{ 'content-type': [STRUCTURED] },
		]);
		assert.equal((await push([], { 'content-type': BATCH })).status, 200);
	});

	it('takes one in binary mode as it would have come in structured mode', async () => {
		await attach();
		const headers = {
			...HEADERS,
			'ce-subject': 'Euro%20%E2%82%AC%20%F0%9F%98%80',
			'ce-myext': '"quoted \\"x\\" %25"',
			'content-type': 'application/json; charset=utf-8',
			'x-site': 'a',
		};
		assert.equal((await push('\ufeff{"n":1.10}', headers)).status, 200);
		const [event] = await events();
		assert.equal(
			Buffer.from(event!.body).toString(),
			'{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"Euro € 😀","myext":"quoted \\"x\\" %","datacontenttype":"application/json; charset=utf-8","data":{"n":1.10}}',
		);
		assert.deepEqual([event!.type, event!.source], ['t', '/s']);
		assert.deepEqual(headersOf(event!), { 'content-type': [STRUCTURED], 'x-site': ['a'] });
	});

	const data: [string, string | undefined, string | Uint8Array, object][] = [
		['JSON of a type that ends so', 'application/x+json', '[1]', { data: [1] }],
		['JSON without a type', undefined, '{"a":1}', { data: { a: 1 } }],
		['text', 'text/plain; charset=latin1', Buffer.from([0xfc]), { data: 'ü' }],
		['text that looks like JSON', 'text/plain', '{}', { data: '{}' }],
		['CSV', 'text/csv', 'a,b\n1', { data: 'a,b\n1' }],
		['bytes', 'application/octet-stream', '{}', { data_base64: 'e30=' }],
		['bytes without a type', undefined, 'x', { data_base64: 'eA==' }],
		['nothing', 'application/json', '', {}],
	];
	for (const [name, type, body, member] of data) {
		it(`binary mode: takes ${name} as data`, async () => {
			await attach();
			assert.equal(
				(await push(body, { ...HEADERS, ...(type ? { 'content-type': type } : {}) })).status,
				200,
			);
			assert.deepEqual(JSON.parse((await texts())[0]!), {
				...REQUIRED,
				...(type ? { datacontenttype: type } : {}),
				...member,
			});
		});
	}

	for (const attribute of ['specversion', 'id', 'source', 'type'] as const) {
		it(`refuses one without ${attribute} in each mode, and names it`, async () => {
			await attach();
			const { [attribute]: _, ...rest } = REQUIRED;
			const { [`ce-${attribute}` as const]: __, ...headers } = HEADERS;
			for (const [answer, says] of [
				[await push(rest), `"${attribute}" is missing`],
				[await push({ ...rest, [attribute]: '' }), `"${attribute}" is missing`],
				[await push({ ...rest, [attribute]: null }), `"${attribute}" is missing`],
				[await push({ ...rest, [attribute]: 1 }), `"${attribute}" is no text`],
				[await push('{}', headers), `"${attribute}" (header ce-${attribute}) is missing`],
				[
					await push([REQUIRED, rest], { 'content-type': BATCH }),
					`events[1]: invalid CloudEvent: the required attribute "${attribute}" is missing`,
				],
			] as const) {
				assert.deepEqual([answer.status, answer.error], [400, 'ERR_BODY_UNREADABLE']);
				assert(String(answer.message).includes(says), `${String(answer.message)} / ${says}`);
			}
			assert.deepEqual(await texts(), []);
		});
	}

	const refused: [string, unknown, object | undefined, RegExp][] = [
		['another version', { ...REQUIRED, specversion: '0.3' }, undefined, /"specversion" is not 1.0/],
		['a time that is none', { ...REQUIRED, time: 'now' }, undefined, /"time" is no time/],
		['an empty subject', { ...REQUIRED, subject: '' }, undefined, /"subject"/],
		['a name in camel case', { ...REQUIRED, dataSchema: 'x' }, undefined, /"dataSchema"/],
		['an extension with structure', { ...REQUIRED, ext: {} }, undefined, /"ext" is no text/],
		['two kinds of data', { ...REQUIRED, data: 1, data_base64: 'eA==' }, undefined, /both data/],
		['base64 that is none', { ...REQUIRED, data_base64: '*' }, undefined, /no base64/],
		['a list in structured mode', [REQUIRED], undefined, /no JSON object/],
		['what is no JSON', '{"specversion":', undefined, /line 1, column 16/],
		['an object as a batch', REQUIRED, { 'content-type': BATCH }, /a JSON array/],
		['a plain request', '{}', { 'content-type': 'application/json' }, /header ce-specversion/],
		['a header that is no attribute', '{}', { ...HEADERS, 'ce-my-ext': 'x' }, /"my-ext"/],
		['data as a header', '{}', { ...HEADERS, 'ce-data': 'x' }, /ce-data names no attribute/],
		['a broken escape', '{}', { ...HEADERS, 'ce-id': '%ff' }, /ce-id has a %/],
		[
			'data that is not the JSON that its type says',
			'{"a":',
			{ ...HEADERS, 'content-type': 'application/json' },
			/invalid JSON/,
		],
	];
	for (const [name, body, headers, says] of refused) {
		it(`refuses ${name}`, async () => {
			await attach();
			const { status, message } = await push(body, headers);
			assert.equal(status, 400);
			assert.match(String(message), says);
			assert.deepEqual(await texts(), []);
		});
	}

	it('refuses other formats, and other charsets of JSON, with 415', async () => {
		await attach();
		for (const type of ['application/cloudevents+avro', `${STRUCTURED}; charset=utf-16`])
			assert.equal((await push(REQUIRED, { 'content-type': type })).status, 415);
	});

	it('knows one again by source and id, in whatever mode it comes', async () => {
		await attach();
		assert.equal((await push(REQUIRED)).stored, 1);
		assert.equal((await push('{}', HEADERS)).duplicates, 1);
		assert.equal((await push({ ...REQUIRED, source: '/other' })).stored, 1);
		assert.equal((await push({ ...REQUIRED, id: '2' })).stored, 1);
	});

	it('stores a repeated one where it is told to, also when its definition is read again', async () => {
		await attach({ dedupe: [] });
		const once = parseReceiverConfig({ id: 'r1', auth: OPEN, split: 'cloudevents', dedupe: [] });
		assert.deepEqual(parseReceiverConfig(once).dedupe, []);
		assert.equal((await push(REQUIRED)).stored, 1);
		assert.equal((await push(REQUIRED)).stored, 1);
	});

	it('keeps the latest of each subject and type', async () => {
		await attach({ latest: {} });
		const of = (id: string, time: string) => ({ ...REQUIRED, id, subject: 'd1', time });
		await push(of('1', '2026-01-02T00:00:00Z'));
		await push(of('2', '2026-01-01T00:00:00Z'));
		const { events: latest } = await world.store.latest('r1');
		assert.deepEqual(
			latest.map(({ device, type, at }) => [device, type, at]),
			[['d1', 't', Date.parse('2026-01-02T00:00:00Z')]],
		);
	});

	it('takes a compressed batch', async () => {
		await attach();
		const body = gzipSync(JSON.stringify([REQUIRED]));
		const headers = { 'content-type': BATCH, 'content-encoding': 'gzip' };
		assert.equal((await push(body, headers)).stored, 1);
	});
});
