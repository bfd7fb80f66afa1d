import assert from 'node:assert/strict';
import { CoreError } from '../../../core/errors';
import {
	checkRows,
	createSink,
	createTarget,
	SINK_KINDS,
	validateSinkConfig,
	type SinkConfig,
} from '../../../core/sink/create-sink';
import { PROTECTED_HEADERS } from '../../../core/pure/protected-headers';
import type { FlowPorts } from '../../../core/sink/flow';
import type { Transport } from '../../../core/sink/http/transport';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { TLS_CERT } from '../../support/tls-certificate';

const HTTP = { kind: 'http', url: 'https://example.com/' } as const;
const NAMED = { secretRef: 'of the host' } as const;
const DATASET = {
	kind: 'opendatasoft',
	domain: 'https://data.example.org',
	dataset: 'ds',
	pushKey: NAMED,
};
const TABLE = { kind: 'table', database: 'warehouse', table: 'in.c-main.events' } as const;
const SIGNED = { kind: 'body-jwt', secrets: [NAMED] } as const;
const flow: FlowPorts = { doneWhen: () => 'sent', emit: () => {} };

const KEY = { kind: 'header', name: 'X-Key', value: NAMED };
const BASIC = { kind: 'basic', user: 'a', password: NAMED };
const OAUTH = { kind: 'oauth2', tokenUrl: HTTP.url, clientId: 'a', clientSecret: NAMED };

/** Every field of every kind with what it cannot be, as it may come over REST. `hunter2` must not be shown. */
const wrong: readonly [path: string, config: unknown][] = [
	...[undefined, null, 7, 'http', [], [HTTP]].map((one): [string, unknown] => ['sink', one]),
	...[{}, { kind: 'tables' }, { kind: 7 }, { kind: '__proto__' }, { kind: 'toString' }].map(
		(one): [string, unknown] => ['sink.kind', one],
	),
	['sink["urls"]', { ...HTTP, urls: 'hunter2' }],
	['sink["ackTimeoutMs"]', { ...HTTP, ackTimeoutMs: 1_000 }],
	['sink["url"]', { kind: 'flow', url: HTTP.url }],
	['sink["emit"]', { kind: 'flow', emit: () => {} }],
	...(
		[
			[
				'domain',
				[
					undefined,
					7,
					'data.example.org',
					'https://u:hunter2@example.org',
					'https://example.org/?pushkey=hunter2',
					'https://example.org/#a',
				],
			],
			['dataset', [undefined, '', 7, 'a/b', 'a b', '..', 'x'.repeat(301), '\ud800']],
			['resource', ['', 7, 'a/b', '.']],
			['pushKey', [undefined, 'hunter2', 7, { secretRef: '' }]],
			['operation', ['upsert', 7, null]],
			['idField', ['id', '']],
			['maxRecords', [0, 10_001, 1.5, '500']],
			['timeoutMs', [99, 600_001, '5s']],
			['ca', [7]],
			['proxy', [7, 'http://proxy.example.com']],
			['origin', ['api']],
			['allowHttp', [1]],
			['allowedCidrs', [7, '10.0.0.0/8']],
		] as const
	).flatMap(([name, values]) =>
		values.map((value): [string, unknown] => [`sink.${name}`, { ...DATASET, [name]: value }]),
	),
	...(
		[
			[
				'url',
				[
					undefined,
					7,
					{ secretRef: 7 },
					'ftp://example.com',
					'example.com',
					'https://u:hunter2@example.com',
				],
			],
			['headers', [null, 'a', [], 7]],
			['headers["a b"]', [{ 'a b': 'c' }], 'headers'],
			['headers["Host"]', [{ Host: 'hunter2' }], 'headers'],
			[
				'headers["X"]',
				[
					{ X: 'hunter2\n' },
					{ X: 7 },
					{ X: { secretRef: '' } },
					{ X: { secretRef: 7 } },
					{ X: { sealed: '' } },
				],
				'headers',
			],
			[
				'headers["X"]',
				[{ X: { secretRef: 'a', value: 'hunter2' } }, { X: { shown: 'hunter2' } }],
				'headers',
			],
			['signatures', [null, 'hunter2', {}, 7]],
			[
				'signatures[0].kind',
				[[null], [{}], [{ kind: 'none' }], [{ kind: 'kerberos' }]],
				'signatures',
			],
			[
				'signatures[0].secrets',
				[[{ kind: 'body-jwt' }], [{ ...SIGNED, secrets: [] }]],
				'signatures',
			],
			[
				'signatures[0].secrets[0]',
				['hunter2', '', 7, {}, { secretRef: '' }].map((one) => [{ ...SIGNED, secrets: [one] }]),
				'signatures',
			],
			['signatures[0].header', [[{ ...SIGNED, header: 'a:b' }]], 'signatures'],
			['signatures[0].secret', [[{ ...SIGNED, secret: 'hunter2' }]], 'signatures'],
			['signatures[1]', [[SIGNED, SIGNED]], 'signatures'],
			['method', ['GET', 'post', null, 7]],
			['format', ['json', 'xml', null, 7]],
			['body', ['event', null, 7]],
			['gzip', ['gzip', null, 1]],
			['csvHeader', ['yes', null, true]],
			['labels', [['a'], 'a', null]],
			['retryOn', [404, 'x', null, {}, Array(101).fill(404)]],
			['retryOn[0]', [[299], [600], ['2xx'], ['404'], [null], [404.5]], 'retryOn'],
			['finalOn[1]', [[404, 404]], 'finalOn'],
			['auth', ['hunter2', null, [], 7]],
			['auth.kind', [{}, { kind: 'digest' }, { kind: 'toString' }, { kind: 7 }], 'auth'],
			['auth["tokens"]', [{ kind: 'bearer', token: NAMED, tokens: 'hunter2' }], 'auth'],
			['auth.token', [{ kind: 'bearer' }, { kind: 'bearer', token: 'hunter2' }], 'auth'],
			[
				'auth.name',
				['Host', 'a b', 7, undefined].map((name) => ({ kind: 'header', name, value: NAMED })),
				'auth',
			],
			['auth.value', ['hunter2', '', 7].map((value) => ({ ...KEY, value })), 'auth'],
			['auth.user', ['a:b', 'a\n', 7].map((user) => ({ ...BASIC, user })), 'auth'],
			[
				'auth.password',
				['hunter2', 7, undefined].map((password) => ({ ...BASIC, password })),
				'auth',
			],
			[
				'auth.tokenUrl',
				['ftp://a', 7, 'https://u:hunter2@a'].map((tokenUrl) => ({ ...OAUTH, tokenUrl })),
				'auth',
			],
			['auth.clientId', ['', 7].map((clientId) => ({ ...OAUTH, clientId })), 'auth'],
			[
				'auth.clientSecret',
				['hunter2', undefined].map((clientSecret) => ({ ...OAUTH, clientSecret })),
				'auth',
			],
			['auth.scope', [{ ...OAUTH, scope: 7 }], 'auth'],
			['auth.audience', [{ ...OAUTH, audience: 'a'.repeat(16_385) }], 'auth'],
			['auth.clientAuth', [{ ...OAUTH, clientAuth: 'jwt' }], 'auth'],
			['timeoutMs', [99, 600_001, 100.5, '1000', null]],
			['send', ['rows', null, 7]],
			['concurrency', [0, 101, 1.5, '4', null, 4]],
			['origin', ['api', null]],
			['retryAllStatuses', ['true', null, 1]],
			['sendCredentials', ['false', null, 0]],
			['allowHttp', ['yes', null]],
			['ca', [7, null, {}]],
			['allowedCidrs', ['10.0.0.0/8', null, 7]],
			['allowedCidrs[0]', [['10.0.0.0/33'], [7], [null]], 'allowedCidrs'],
		] satisfies [path: string, values: unknown[], field?: string][]
	).flatMap(([path, values, field = path]) =>
		values.map((value): [string, unknown] => [`sink.${path}`, { ...HTTP, [field]: value }]),
	),
	...(
		[
			['database', [undefined, '', 7, 'a\0', 'x'.repeat(129)]],
			['table', [undefined, '', 7, '.', 'a.', '.a', 'a\n', 'x'.repeat(201), '\ud800']],
			['table', ['sluice_loads', 'in.c-main.SLUICE_TABLES']],
			['columns', [null, {}, 'id', Array(101).fill({ name: 'a', type: 'text' })]],
			['columns', [[0, 1].map(() => ({ name: 'a', type: 'text' }))]],
			['columns[0].name', [[null], [{ type: 'text' }], [{ name: '', type: 'text' }]], 'columns'],
			['columns[0].type', [[{ name: 'a' }], [{ name: 'a', type: 'uuid' }]], 'columns'],
			['primaryKey', [null, 'id', ['id', 'id']]],
			['primaryKey[0]', [[7], ['']], 'primaryKey'],
			['load', ['append', null]],
			['create', [true, 'missing', null]],
			['adopt', ['yes', null, 1]],
			['onBadRow', ['drop', null]],
			['timeoutMs', [99, 600_001, '5s', null]],
		] satisfies [path: string, values: unknown[], field?: string][]
	).flatMap(([path, values, field = path]) =>
		values.map((value): [string, unknown] => [`sink.${path}`, { ...TABLE, [field]: value }]),
	),
	// Fields that do not go together.
	...(
		[
			['format', { send: 'row', format: 'ndjson' }],
			['concurrency', { send: 'row', concurrency: 101 }],
			['concurrency', { send: 'batch', concurrency: 1 }],
			['body', { format: 'csv', body: 'connector' }],
			['csvHeader', { format: 'ndjson', csvHeader: true }],
			['labels', { body: 'row', labels: [] }],
			['labels[1]', { body: 'connector', labels: ['a', ''] }],
			['labels', { body: 'connector', labels: Array(101).fill('a') }],
			['finalOn[0]', { retryOn: ['4xx', 404], finalOn: [404] }],
			['headers["authorization"]', { auth: BASIC, headers: { authorization: 'hunter2' } }],
			['headers["X-KEY"]', { auth: KEY, headers: { 'X-KEY': 'hunter2' } }],
			['headers["x-Corp"]', { headers: { 'X-CORP': 'hunter2', 'x-Corp': 'hunter2' } }],
			['headers["X"]', { headers: { X: '€ hunter2' } }],
			['headers["Content-Encoding"]', { gzip: true, headers: { 'Content-Encoding': 'br' } }],
			['signatures', { auth: { ...KEY, name: 'X-Dt-Signature' }, signatures: [SIGNED] }],
		] as const
	).map(([path, fields]): [string, unknown] => [`sink.${path}`, { ...HTTP, ...fields }]),
	...PROTECTED_HEADERS.map((name): [string, unknown] => [
		`sink.headers["${name.toUpperCase()}"]`,
		{ ...HTTP, headers: { [name.toUpperCase()]: 'hunter2' } },
	]),
	...(
		[
			['ackTimeoutMs', [999, 86_400_001, 1_000.5, '1000', null]],
			['graceMs', [-1, 5_000, 0.5, '0', null]],
			['numbers', ['exact', null, 7]],
			['as', ['items', null, 7]],
			['format', ['csv', null]],
			['csvHeader', [true, null]],
		] satisfies [path: string, values: unknown[]][]
	).flatMap(([path, values]) =>
		values.map((value): [string, unknown] => [`sink.${path}`, { kind: 'flow', [path]: value }]),
	),
	...(
		[
			['format', { as: 'rows', format: 'csv' }],
			['format', { as: 'text', format: 'xml' }],
			['csvHeader', { as: 'file', format: 'ndjson', csvHeader: true }],
			['csvHeader', { as: 'file', format: 'csv', csvHeader: 'no' }],
		] as const
	).map(([path, fields]): [string, unknown] => [`sink.${path}`, { kind: 'flow', ...fields }]),
];

describe('validateSinkConfig', () => {
	for (const [path, config] of wrong) {
		it(`names ${path} for ${JSON.stringify(config)}`, () => {
			assert.throws(
				() => validateSinkConfig(config),
				(error) => {
					assert(error instanceof CoreError);
					assert.equal(error.code, 'ERR_CONFIG_INVALID');
					assert.equal(error.details['path'], path);
					return !`${error.message} ${JSON.stringify(error.details)}`.includes('hunter2');
				},
			);
		});
	}

	it('takes each kind with every field, also after a way through JSON', () => {
		const full: Record<string, SinkConfig> = {
			http: {
				...HTTP,
				headers: { 'X-Site': 'b4', 'X-Other': NAMED },
				signatures: [{ ...SIGNED, header: 'X-Sign' }],
				auth: { kind: 'oauth2', tokenUrl: HTTP.url, clientId: NAMED, clientSecret: NAMED },
				method: 'PATCH',
				timeoutMs: 600_000,
				retryAllStatuses: true,
				retryOn: [404, '3xx'],
				finalOn: [501],
				send: 'batch',
				format: 'ndjson',
				body: 'connector',
				labels: ['floor'],
				gzip: true,
				sendCredentials: false,
				ca: '',
				origin: 'dynamic',
				allowHttp: false,
				allowedCidrs: ['10.0.0.0/8'],
			},
			opendatasoft: {
				kind: 'opendatasoft',
				domain: 'https://data.example.org',
				dataset: 'ds',
				resource: 'echtzeit',
				pushKey: NAMED,
				operation: 'deleteById',
				idField: 'id',
				maxRecords: 10_000,
				timeoutMs: 600_000,
				ca: 'PEM',
				clientCertificate: { cert: TLS_CERT, key: NAMED, passphrase: NAMED },
				proxy: { url: 'http://proxy.example.com', user: 'u', password: NAMED },
				origin: 'dynamic',
				allowHttp: false,
				allowedCidrs: ['10.0.0.0/8'],
			},
			table: {
				...TABLE,
				columns: [{ name: 'id', type: 'number' }],
				primaryKey: ['id'],
				load: 'full',
				create: 'never',
				adopt: true,
				onBadRow: 'refuse',
				timeoutMs: 600_000,
			},
			files: {
				kind: 'files',
				directory: 'exports',
				name: '{receiver}-{export}-{label}-{date}-{time}-{number}',
				format: 'csv',
				csvHeader: false,
				gzip: true,
				fileBytes: 1_024,
				fileAgeMs: 0,
				timeoutMs: 1_000,
			},
			flow: {
				kind: 'flow',
				ackTimeoutMs: 86_400_000,
				graceMs: 4_999,
				numbers: 'text',
				as: 'file',
				format: 'csv',
				csvHeader: false,
			},
		};
		assert.deepEqual(Object.keys(full), SINK_KINDS);
		for (const config of Object.values(full))
			validateSinkConfig(JSON.parse(JSON.stringify(config)));
	});
});

describe('checkRows', () => {
	const cases: [fields: object, mapped: boolean, whole: boolean][] = [
		[{}, true, true],
		[{ format: 'ndjson' }, true, true],
		[{ format: 'csv' }, true, false],
		[{ kind: 'flow', as: 'text', format: 'csv' }, true, false],
		[{ kind: 'flow', as: 'text' }, true, true],
		[{ body: 'connector' }, false, true],
		[{ body: 'body', send: 'row' }, false, true],
	];
	for (const [fields, mapped, whole] of cases) {
		it(`takes ${mapped ? 'mapped rows' : ''} ${whole ? 'whole events' : ''} for ${JSON.stringify(fields)}`, () => {
			const takes = (rows: Parameters<typeof checkRows>[1]): boolean => {
				try {
					checkRows(('kind' in fields ? fields : { ...HTTP, ...fields }) as SinkConfig, rows);
					return true;
				} catch (error) {
					assert(error instanceof CoreError);
					const { path } = error.details;
					assert.ok(path === 'sink.format' || path === 'sink.body', String(path));
					return false;
				}
			};
			const columns = [{ type: 'body', name: 'a' }];
			assert.equal(takes({ output: 'record', columns }), mapped);
			assert.equal(takes({ output: 'cells', columns }), mapped);
			assert.equal(takes({ output: 'event' }), whole);
		});
	}
});

describe('requests at once', () => {
	const check = (concurrency: number | undefined, order: 'any' | 'strict' | 'key') =>
		checkRows({ ...HTTP, send: 'row', concurrency }, { output: 'event', order, maxInFlight: 9 });

	it('are several in any order, and by key', () => {
		check(100, 'any');
		check(100, 'key');
		check(1, 'strict');
		check(undefined, 'strict');
	});

	it('are refused where the order is strict', () => {
		assert.throws(
			() => check(2, 'strict'),
			(error) => error instanceof CoreError && error.details['path'] === 'sink.concurrency',
		);
	});
});

describe('createSink', () => {
	it('names path and reference of a secret that is not there', () => {
		const configs: [path: string, config: SinkConfig, resolveSecret?: () => string][] = [
			['sink.headers["A"]', { ...HTTP, headers: { A: NAMED } }],
			['sink.auth.password', { ...HTTP, auth: { kind: 'basic', user: 'a', password: NAMED } }],
			['sink.signatures[0].secrets[0]', { ...HTTP, signatures: [SIGNED] }],
			['sink.signatures[0].secrets[0]', { ...HTTP, signatures: [SIGNED] }, () => ''],
		];
		for (const [path, config, resolveSecret] of configs) {
			assert.throws(
				() => createSink(config, { resolveSecret }),
				(error) => {
					assert(error instanceof CoreError);
					assert.equal(error.details['path'], path);
					assert.equal(error.details['secretRef'], 'of the host');
					return error.message.includes('"of the host"');
				},
			);
		}
	});

	it('refuses a secret that cannot be used, and shows nothing of it', () => {
		const resolveSecret = (): string => 'hunter2\n';
		const auth = { kind: 'bearer', token: NAMED } as const;
		for (const field of [{ headers: { A: NAMED } }, { signatures: [SIGNED] }, { auth }]) {
			assert.throws(
				() => createSink({ ...HTTP, ...field }, { resolveSecret }),
				(error) =>
					error instanceof CoreError &&
					error.code === 'ERR_CONFIG_INVALID' &&
					!error.message.includes('hunter2'),
			);
		}
	});

	it('says what the host says of a secret', () => {
		const gone = new CoreError('ERR_CONFIG_INVALID', 'the credential is gone');
		const resolveSecret = (): string => {
			throw gone;
		};
		assert.throws(() => createSink({ ...HTTP, headers: { A: NAMED } }, { resolveSecret }), gone);
	});

	it('sends with the texts of its secrets, and leaves the configuration as it was', async () => {
		const sent: Readonly<Record<string, string>>[] = [];
		const transport: Transport = {
			send: async ({ headers }) => {
				sent.push(headers);
				return { status: 200, headers: {}, body: new Uint8Array(), isTruncated: false };
			},
			close: () => {},
		};
		const config: SinkConfig<'http'> = {
			...HTTP,
			headers: { A: { secretRef: 'a' }, B: 'b' },
			signatures: [{ kind: 'body-jwt', secrets: [{ secretRef: 's' }] }],
		};
		const before = JSON.stringify(config);
		const ports = { transport, resolveSecret: (name: string) => `hunter-${name}` };
		const sink = createSink(config, ports);
		const payloads = [new TextEncoder().encode('{}')];
		await sink.deliver(fakeBatch({ payloads }), fakeAttempt());
		await createTarget(config, ports).push(new Uint8Array());
		for (const headers of sent) {
			assert.deepEqual([headers['A'], headers['B']], ['hunter-a', 'b']);
			assert.match(headers['X-Dt-Signature'] ?? '', /^ey/);
		}
		assert.equal(sent.length, 2);
		assert.equal(JSON.stringify(config), before);
	});

	it('resolves a header whose name is one of JavaScript', () => {
		const headers = JSON.parse('{"__proto__":{"secretRef":"p"},"constructor":"c"}') as object;
		const names: string[] = [];
		const resolveSecret = (name: string): string => `${names.push(name)}`;
		createSink({ ...HTTP, headers: headers as Record<string, string> }, { resolveSecret });
		assert.deepEqual(names, ['p']);
	});

	it('needs the flow of a host for the flow alone', () => {
		assert.throws(() => createSink({ kind: 'flow' }), { code: 'ERR_CONFIG_INVALID' });
		createSink({ kind: 'flow' }, { flow });
		createSink(HTTP);
	});
});
