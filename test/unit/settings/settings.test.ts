import assert from 'node:assert/strict';
import type { CoreError } from '../../../core/errors';
import { ACK_TIMEOUT_MS, BODY_BYTES, HTTP_TIMEOUT_MS, RETRY } from '../../../core/pure/bounds';
import { toColumns, toExport } from '../../../core/settings/buffer-settings';
import { toFlowSink } from '../../../core/settings/flow-settings';
import { toEndpoint } from '../../../core/settings/endpoint-settings';
import { toListener } from '../../../core/settings/listener-settings';
import { toReceiver } from '../../../core/settings/receiver-settings';
import { toScheme } from '../../../core/settings/scheme-settings';
import { toStore } from '../../../core/settings/store-settings';

const WHO = { id: 'b', receiverId: 'r', label: 'l' };

describe('what people set in a dialog', () => {
	it('is 100 events or 5 s, the whole event and the default schedule where nothing is set', () => {
		const { retry, ...rest } = toExport(WHO, {});
		assert.deepEqual(rest, {
			...WHO,
			output: 'event',
			conditions: { count: 100, timeMs: 5_000, sizeBytes: 5 * 1024 ** 2 },
			onMappingError: 'reject',
		});
		assert.equal(retry?.delaysMs?.length, RETRY.delays.split(',').length);
		assert.deepEqual(toFlowSink({}), {
			kind: 'flow',
			ackTimeoutMs: ACK_TIMEOUT_MS.fallback,
			numbers: 'double',
		});
		assert.deepEqual(toReceiver({ dedupeKeyPath: '' }), { maxBodyBytes: BODY_BYTES.fallback });
		assert.equal(toEndpoint({}).timeoutMs, HTTP_TIMEOUT_MS.fallback);
		const none = { split: 'one', typePath: ' ', keepLatest: false } as const;
		assert.deepEqual(toReceiver(none), { maxBodyBytes: BODY_BYTES.fallback });
		const all = { split: 'ndjson', typePath: ' a.b ', keepLatest: true } as const;
		const { maxBodyBytes: _, ...given } = toReceiver(all);
		assert.deepEqual(given, { split: 'ndjson', typePath: 'a.b', latest: {} });
	});

	it('limits a receiver by what is filled in, and names the field that is wrong', () => {
		const { maxBodyBytes: _, ...given } = toReceiver({
			limitPerSecond: '5',
			limitBurst: '',
			clientPerMinute: 60,
			clientBurst: '10',
			maxConcurrent: 20,
			replays: 'take',
			formerUrlSecret: ' 48h ',
		});
		assert.deepEqual(given, {
			limits: {
				rate: { perSecond: 5 },
				clientRate: { perMinute: 60, burst: 10 },
				concurrency: 20,
			},
			replays: 'take',
			formerUrlSecretMs: 48 * 3_600_000,
		});
		const none = { limitPerSecond: '', maxConcurrent: '', formerUrlSecret: '' };
		assert.deepEqual(toReceiver(none), { maxBodyBytes: BODY_BYTES.fallback });
		assert.equal(toReceiver({ formerUrlSecret: '0s' }).formerUrlSecretMs, 0);
		for (const [settings, message] of [
			[{ limitBurst: 5 }, /^options\.limitBurst: expected requests per second or per minute/],
			[{ clientPerSecond: 0 }, /^options\.clientPerSecond: expected a whole number/],
			[{ maxConcurrent: 'x' }, /^options\.maxConcurrent: expected a number/],
			[{ replays: 'no' as never }, /^options\.replays: expected one of drop, take/],
			[{ formerUrlSecret: '721h' }, /^options\.formerUrlSecret: expected a duration/],
		] as const)
			assert.throws(() => toReceiver(settings, (name) => `options.${name}`), { message });
	});

	it('closes a batch after a pause where one is set, and names the field that is wrong', () => {
		const { conditions } = toExport(WHO, { idle: ' 2s ' });
		assert.deepEqual(conditions, { ...toExport(WHO, {}).conditions, idleMs: 2_000 });
		assert.deepEqual(toExport(WHO, { idle: ' ' }).conditions, toExport(WHO, {}).conditions);
		assert.throws(() => toExport(WHO, { idle: '5s' }, (name) => `options.${name}`), {
			message:
				/^options\.idle: expected less than the time, which is 5s and counts from the first row, got "5s"/,
		});
	});

	it('keeps what was delivered where days are given, and names the field that is wrong', () => {
		const keepOf = (keepDays: unknown, keepGb?: unknown) =>
			toExport(WHO, { keepDays, keepGb } as Parameters<typeof toExport>[1], (name) => `my.${name}`)
				.keep;
		for (const none of [undefined, '', 0, '0']) assert.equal(keepOf(none, 'x'), undefined);
		assert.deepEqual(keepOf('3'), { ageMs: 3 * 86_400_000, bytes: 1024 ** 3 });
		assert.deepEqual(keepOf(366, '1024'), { ageMs: 366 * 86_400_000, bytes: 1024 ** 4 });
		for (const [days, gb, path] of [
			[-1, 1, 'my.keepDays'],
			[367, 1, 'my.keepDays'],
			['1.5', 1, 'my.keepDays'],
			['a week', 1, 'my.keepDays'],
			[1, 0, 'my.keepGb'],
			[1, '1025', 'my.keepGb'],
			[1, 'all', 'my.keepGb'],
		] as const)
			assert.throws(() => keepOf(days, gb), {
				code: 'ERR_CONFIG_INVALID',
				message: new RegExp(`^${path}: `),
			});
	});

	it('may be digits where it is a number', () => {
		assert.deepEqual(toExport(WHO, { count: '7', time: '1m', size: '1kB' }).conditions, {
			count: 7,
			timeMs: 60_000,
			sizeBytes: 1024,
		});
		assert.equal(toFlowSink({ ackTimeoutSeconds: '1.5' }).ackTimeoutMs, 1_500);
		assert.equal(toReceiver({ maxBodyBytes: '10' }).maxBodyBytes, 10);
		assert.equal(toEndpoint({ timeoutSeconds: '0.2' }).timeoutMs, 200);
		assert.deepEqual(
			toScheme({ kind: 'body-jwt', header: '', leewaySeconds: '0' }, (rule) => [rule]),
			{ kind: 'body-jwt', leewaySeconds: 0, secrets: ['signature'] },
		);
	});

	it('makes records of fields and of columns', () => {
		const fields = [{ name: 'a', path: 'x.y' }];
		const columns = [{ name: 'i', type: 'id' }] as const;
		assert.deepEqual(toColumns({ data: 'fields', fields, columns }), [
			{ type: 'path', name: 'a', path: 'x.y' },
		]);
		assert.equal(toExport(WHO, { data: 'columns', fields, columns }).output, 'record');
		assert.deepEqual(toColumns({ data: 'columns', fields, columns }), columns);
		assert.equal(toColumns({ fields, columns }), undefined);
	});

	it('reads times in the unit of the dialog, and lists without blanks', () => {
		const window = toReceiver({ dedupeKeyPath: 'id', dedupeHours: 2 }).dedupe;
		assert.deepEqual(window, [{ keyPath: 'id', windowMs: 7_200_000 }]);
		assert.deepEqual(toEndpoint({ url: ' https://a ', allowedCidrs: ' 10.0.0.0/8, ,::1 ' }), {
			kind: 'http',
			url: 'https://a',
			timeoutMs: HTTP_TIMEOUT_MS.fallback,
			allowedCidrs: ['10.0.0.0/8', '::1'],
			sendCredentials: false,
		});
	});

	it('serves no port of its own unless one is named', () => {
		assert.equal(toListener({ path: '/in' }), undefined);
		assert.equal(toListener({ port: '0' }), undefined);
		assert.deepEqual(toListener({ port: '8080', host: ' ', path: '', idleTimeoutSeconds: 2 }), {
			options: {
				port: 8_080,
				host: '127.0.0.1',
				idleTimeoutMs: 2_000,
				probes: { healthPath: '/healthz', readyPath: '/readyz' },
			},
			path: '/events',
		});
	});

	it('puts a prefix before the path, and speaks TLS by files or by what the host has', () => {
		const pathOf = (prefix: string, path: string) => toListener({ port: 1, prefix, path })?.path;
		assert.deepEqual(
			[pathOf('/hooks/', '/in'), pathOf('/', '/in/'), pathOf('', '/'), pathOf('/a', '/')],
			['/hooks/in', '/in', '/', '/a'],
		);
		const files = { certFile: ' /a.crt', keyFile: '/a.key', caFile: '' };
		const given = { cert: 'c', key: 'k' };
		const tlsOf = (settings: object) =>
			toListener({ port: 1, ...settings }, undefined, () => given)?.options.tls;
		assert.deepEqual(tlsOf({ tls: 'files', ...files }), { certFile: '/a.crt', keyFile: '/a.key' });
		assert.deepEqual(tlsOf({ tls: 'given' }), given);
		assert.equal(tlsOf({ ...files }), undefined);
	});

	it('serves the own paths that are left, and metrics where there is a token', () => {
		const probes = (settings: object) => toListener({ port: 1, ...settings })?.options.probes;
		assert.deepEqual(probes({ healthPath: ' ', readyPath: '/r', metricsToken: ' t ' }), {
			readyPath: '/r',
			metrics: { path: '/metrics', token: 't' },
		});
		assert.deepEqual(
			probes({ healthPath: '', readyPath: '', metricsPath: '', metricsToken: 't' }),
			{},
		);
	});

	for (const [field, settings] of Object.entries({
		port: { port: 70_000 },
		prefix: { prefix: 'hooks' },
		path: { path: '/a b' },
		tls: { tls: 'on' },
		certFile: { tls: 'files', certFile: 'a.crt', keyFile: '/a.key' },
		keyFile: { tls: 'files', certFile: '/a.crt' },
		caFile: { tls: 'files', certFile: '/a.crt', keyFile: '/a.key', caFile: 'ca' },
		healthPath: { healthPath: 'x' },
		readyPath: { readyPath: '/:x' },
		metricsPath: { metricsPath: 'm' },
		maxConnections: { maxConnections: '0' },
		idleTimeoutSeconds: { idleTimeoutSeconds: 0 },
	})) {
		it(`names ${field} where it is wrong`, () => {
			assert.throws(() => toListener({ port: 1, ...settings }, (name) => `own.${name}`), {
				code: 'ERR_CONFIG_INVALID',
				message: new RegExp(`^own\\.${field}: `),
			});
		});
	}

	it('refuses what the host should have and has not', () => {
		assert.throws(() => toListener({ port: 1, tls: 'given' }), /^ConfigError: tls: /);
	});

	it('keeps events in a directory of the host, unless another place is named', () => {
		const host = { folder: '/host', directory: '/host/stores/s1', name: 's1' };
		assert.deepEqual(toStore({ directory: ' ', keepFreeMb: '' }, host), {
			kind: 'sqlite',
			directory: '/host/stores/s1',
		});
		assert.deepEqual(toStore({ directory: 'mine', keepFreeMb: '64' }, host), {
			kind: 'sqlite',
			directory: '/host/mine',
			limits: { minFreeBytes: 64 * 1024 ** 2 },
		});
		assert.deepEqual(toStore({ kind: 'memory', directory: '/x' }, host), {
			kind: 'memory',
			name: 's1',
		});
		const place = { host: 'db', database: 'd', user: 'u', password: 'p' };
		assert.deepEqual(toStore({ kind: 'postgres', ...place, schema: ' ' }, host), {
			kind: 'postgres',
			connectionString: 'postgresql://u:p@db:5432/d?sslmode=disable',
			schema: 'sluice',
		});
	});

	const at = (name: string): string => `dialog.${name}`;
	const secrets = (): string[] => ['s'];
	const wrong: [field: string, read: () => unknown][] = [
		['count', () => toExport(WHO, { count: '' }, at)],
		['count', () => toExport(WHO, { count: 10_000_001 }, at)],
		['time', () => toExport(WHO, { time: '0.5s' }, at)],
		['size', () => toExport(WHO, { size: '51MB' }, at)],
		['retryDelays', () => toExport(WHO, { retryDelays: 'soon' }, at)],
		['retryDelays', () => toExport(WHO, { retryDelays: '721h' }, at)],
		['retryDelays', () => toExport(WHO, { retryDelays: '1s '.repeat(101) }, at)],
		['onMappingError', () => toExport(WHO, { onMappingError: 'drop' as 'dead' }, at)],
		['data', () => toExport(WHO, { data: 'rows' as 'event' }, at)],
		['fields', () => toExport(WHO, { data: 'fields' }, at)],
		['fields[0].path', () => toColumns({ data: 'fields', fields: [{ name: 'a', path: '.' }] }, at)],
		[
			'columns[0].name',
			() => toColumns({ data: 'columns', columns: [{ name: '', type: 'id' }] }, at),
		],
		['ackTimeoutSeconds', () => toFlowSink({ ackTimeoutSeconds: 0 }, at)],
		['ackTimeoutSeconds', () => toFlowSink({ ackTimeoutSeconds: ' ' }, at)],
		['ackTimeoutSeconds', () => toFlowSink({ ackTimeoutSeconds: 86_401 }, at)],
		['numbers', () => toFlowSink({ numbers: 'exact' as 'text' }, at)],
		['batchAs', () => toFlowSink({ batchAs: 'items' as 'rows' }, at)],
		['batchFormat', () => toFlowSink({ batchAs: 'text', batchFormat: 'xml' as 'csv' }, at)],
		['batchFormat', () => toFlowSink({ batchAs: 'file', batchFormat: 'csv' }, at)],
		['maxBodyBytes', () => toReceiver({ maxBodyBytes: 1.5 }, at)],
		['readBodyAs', () => toReceiver({ readBodyAs: 'xml' as 'json' }, at)],
		['split', () => toReceiver({ split: 'two' as 'one' }, at)],
		['dedupeHours', () => toReceiver({ dedupeKeyPath: 'id', dedupeHours: 721 }, at)],
		['timeoutSeconds', () => toEndpoint({ timeoutSeconds: 601 }, at)],
		['port', () => toListener({ port: 65_536 }, at)],
		['path', () => toListener({ port: 80, path: '/in/%2e%2e' }, at)],
		['idleTimeoutSeconds', () => toListener({ port: 80, idleTimeoutSeconds: 3_601 }, at)],
		['kind', () => toScheme({ kind: 'handshake' }, secrets, at)],
		['leewaySeconds', () => toScheme({ kind: 'body-jwt', leewaySeconds: 3_601 }, secrets, at)],
		['algs', () => toScheme({ kind: 'body-jwt', algs: ['none'] }, secrets, at)],
	];
	for (const [index, [field, read]] of wrong.entries()) {
		it(`is refused by the name that the dialog has for it: ${field} (${index})`, () => {
			assert.throws(read, ({ code, details }: CoreError) => {
				assert.deepEqual([code, details['path']], ['ERR_CONFIG_INVALID', `dialog.${field}`]);
				return true;
			});
		});
	}
});
