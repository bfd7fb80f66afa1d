import assert from 'node:assert/strict';
import { exactBody } from '../../core/event/body';
import { decodeEvent } from '../../core/event/codec';
import { parseReceiverConfig } from '../../core/pipeline/parse-receiver';
import type { FieldType } from '../../core/pure/field-types';
import { inferFields } from '../../core/pure/infer-fields';
import type { ApiCore } from '../../core/api/api-core';
import { opendatasoftPush } from '../../core/api/opendatasoft/push-dialect';
import { createListener, type Listener } from '../../core/receiver/listener/listener';
import type { SchemaRecord } from '../../core/receiver/schema/check-record';
import { recordId } from '../../core/receiver/schema/record-id';
import type { SchemaInput } from '../../core/receiver/schema/parse-schema';
import { presetReceiver } from '../../core/settings/preset-receiver';
import { openApiWorld, type ApiWorld } from '../support/api/api-world';
import {
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../support/pipeline-fixtures';

/** What is pushed as K in the cases. */
const PUSH_KEY = '0123456789abcdef0123456789abcdef0123456789abcdef01234567';
const PATH = '/api/push/1.0/ds/realtime/push';

export interface PushCase {
	readonly id: string;
	readonly before: readonly object[];
	readonly uniqueKeys?: readonly string[];
	readonly request: {
		readonly method: string;
		readonly path: string;
		readonly contentType?: null;
		readonly body?: unknown;
		readonly rawBody?: string;
		readonly bodyBytes?: number;
	};
	readonly response: {
		readonly status: number;
		readonly json?: object;
		readonly jsonContains?: object;
		readonly jsonKeys?: readonly string[];
		readonly errorMentions?: string;
	};
	readonly after: readonly object[];
}

/** What no receiver alone is asked for. */
const OF_API = [
	'delete-by-value',
	'delete-by-value-unique-key',
	'delete-by-id',
	'unknown-resource',
];

/** The request of a case to a receiver that is a dataset, at an address of its own and over the API; both do the same. */
export async function checkPush(one: PushCase): Promise<void> {
	if (!OF_API.includes(one.id)) await checkPushAt('receiver', one);
	await checkPushAt('api', one);
}

/** Over a socket; what it holds then is what a table would make of its events. */
async function checkPushAt(served: Served, one: PushCase): Promise<void> {
	const dataset = await startDataset(one.uniqueKeys, {}, { served });
	try {
		for (const record of one.before) assert.equal((await dataset.push(record)).status, 200);
		const { status, type, text } = await dataset.send(withRecordId(one));
		const { json, jsonContains, jsonKeys, errorMentions } = one.response;
		assert.equal(status, one.response.status, text);
		assert.match(type, /^application\/json/);
		const answer = JSON.parse(text) as Record<string, unknown>;
		if (json) assert.deepEqual(answer, json);
		if (jsonContains) assert.deepEqual({ ...answer, ...jsonContains }, answer);
		if (jsonKeys) assert.deepEqual(Object.keys(answer).sort(), jsonKeys);
		if (errorMentions) assert.match(String(answer['error']), new RegExp(errorMentions));
		assert.deepEqual(sorted(await dataset.records()), sorted(one.after));
	} finally {
		await dataset.close();
	}
}

/** A public client reads the key `error` of an answer (O13). */
export async function checkErrorKey(): Promise<void> {
	const dataset = await startDataset();
	try {
		const path = `${PATH}/?pushkey=wrong`;
		const { type, text } = await dataset.send({ method: 'POST', path, body: { a: 1 } });
		assert.doesNotMatch(type, /html/);
		assert.equal(typeof (JSON.parse(text) as Record<string, unknown>)['error'], 'string');
	} finally {
		await dataset.close();
	}
}

export interface TypeCase {
	readonly id: string;
	readonly fieldType: FieldType;
	readonly input: unknown;
	readonly output: unknown;
}

export async function checkType({ fieldType: type, input, output }: TypeCase): Promise<void> {
	const dataset = await startDataset([], { fields: [{ name: 'f', type }] });
	try {
		assert.equal((await dataset.push({ f: input })).status, 200);
		assert.deepEqual(await dataset.records(), [{ f: output }]);
	} finally {
		await dataset.close();
	}
}

export interface BootstrapCase {
	readonly id: string;
	readonly given: { readonly bootstrap?: object; readonly textFields?: number };
	readonly expect: {
		readonly records?: number;
		readonly fields?: readonly string[];
		readonly types?: object;
	};
}

export async function checkBootstrap({ given, expect }: BootstrapCase): Promise<void> {
	const inferred = inferFields(JSON.stringify(given.bootstrap));
	assert.ok('fields' in inferred);
	const { fields } = inferred;
	if (expect.fields)
		assert.deepEqual(
			fields.map(({ name }) => name),
			expect.fields,
		);
	const types = fields.map(({ name, type }) => [name, type] as const);
	if (expect.types) assert.deepEqual(Object.fromEntries(types), expect.types);
	const dataset = await startDataset([], { fields });
	try {
		assert.equal((await dataset.records()).length, expect.records ?? 0);
		assert.equal((await dataset.push(given.bootstrap)).status, 200);
	} finally {
		await dataset.close();
	}
}

export function checkFieldLimit({ given: { textFields = 0 } }: BootstrapCase): void {
	const parsed = (count: number) =>
		parseReceiverConfig({
			id: 'r1',
			auth: OPEN,
			schema: {
				fields: Array.from({ length: count }, (_, n) => ({ name: `t${n}`, type: 'text' })),
			},
		});
	assert.throws(() => parsed(textFields), { code: 'ERR_CONFIG_INVALID' });
	parsed(textFields - 1);
}

export interface SourceLabelCase {
	readonly id: string;
	readonly given: { readonly sourceLabel: boolean; readonly title: string; readonly push: object };
	readonly expect: { readonly stored: object };
}

export async function checkSourceLabel({ given, expect }: SourceLabelCase): Promise<void> {
	assert.equal(given.sourceLabel, true);
	const dataset = await startDataset([], { sourceField: 'source_label' }, { source: given.title });
	try {
		assert.equal((await dataset.push(given.push)).status, 200);
		assert.deepEqual(await dataset.records(), [expect.stored]);
		// Nobody who pushes says where it comes from.
		assert.equal((await dataset.push({ source_label: 'mine', ...given.push })).status, 200);
		assert.deepEqual(await dataset.records(), [expect.stored]);
	} finally {
		await dataset.close();
	}
}

type Served = 'receiver' | 'api';

async function startDataset(
	uniqueKeys: readonly string[] = [],
	schema: SchemaInput = {},
	{ served = 'api', source }: { readonly served?: Served; readonly source?: string } = {},
) {
	const world = await pipelineWorld();
	const unique = uniqueKeys.map((name) => ({ name, type: 'json', unique: true }) as const);
	const preset = presetReceiver({ preset: 'opendatasoft', secrets: [PUSH_KEY] });
	await world.pipeline.attachReceiver(
		{
			id: 'r1',
			...preset,
			dataset: { id: 'ds' },
			...(source === undefined ? {} : { source }),
			schema: { ...preset.schema, fields: unique, ...schema },
		},
		[{ config: anExportInput({ conditions: { count: 1_000, time: '1h', size: '10MB' } }) }],
		HOLDER,
	).ready;
	const listener = served === 'api' ? await serveApi(world) : await serveAlone(world);
	const send = async (request: PushCase['request']) => {
		const path = request.path.replace(/=K$/, `=${PUSH_KEY}`);
		const response = await fetch(`http://127.0.0.1:${listener.port}${path}`, {
			method: request.method,
			// What curl says of a body, unless nothing is to be said.
			headers:
				request.contentType === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
			...(request.method === 'GET' ? {} : { body: bodyOf(request) }),
		});
		const type = response.headers.get('content-type') ?? '';
		return { status: response.status, type, text: await response.text() };
	};
	return {
		send,
		push: (body: unknown) => send({ method: 'POST', path: `${PATH}/?pushkey=K`, body }),
		/** Those with the same id replace one another (O18, O20), or are deleted by it. */
		async records() {
			const rows = await world.store.peek('r1/main', { limit: 1_000 });
			const records = new Map<string, unknown>();
			for (const { payload, operation } of rows) {
				const event = decodeEvent(payload);
				const id = event.recordId ?? assert.fail('an event without a record id');
				assert.equal(event.operation, operation ?? 'push');
				if (operation === 'delete') records.delete(id);
				else records.set(id, exactBody(event));
			}
			return [...records.values()];
		},
		async close() {
			await listener.close();
			await world.close();
		},
	};
}

async function serveAlone({ pipeline }: PipelineWorld): Promise<Listener> {
	const listener = await createListener({ port: 0 });
	listener.mount({
		holder: HOLDER,
		path: PATH,
		secretInUrl: false,
		handler: (request) => pipeline.accept('r1', request),
	});
	return listener;
}

async function serveApi({ pipeline }: PipelineWorld): Promise<Pick<ApiWorld, 'port' | 'close'>> {
	return openApiWorld(opendatasoftPush, { pipeline } as ApiCore);
}

/** The path of a case names a record by where it stands. */
function withRecordId({ request, before }: PushCase): PushCase['request'] {
	const id = recordId((before[0] ?? {}) as SchemaRecord, { unique: [] }) ?? '';
	return { ...request, path: request.path.replace('{recordId of before[0]}', id) };
}

/** As bytes, which fetch gives no type. */
function bodyOf({ body, rawBody, bodyBytes }: PushCase['request']): Uint8Array<ArrayBuffer> {
	const text =
		rawBody ??
		(bodyBytes === undefined
			? JSON.stringify(body)
			: JSON.stringify({ t: 'x'.repeat(bodyBytes - '{"t":""}'.length) }));
	return new TextEncoder().encode(text);
}

function sorted(records: readonly unknown[]): string[] {
	return records.map((record) => JSON.stringify(record)).sort();
}
