import assert from 'node:assert/strict';
import type { CoreError } from '../../../core/errors';
import { parseExportConfig } from '../../../core/pipeline/parse-export';
import { parseReceiverConfig } from '../../../core/pipeline/parse-receiver';
import { validateSinkConfig } from '../../../core/sink/create-sink';
import { toAuth, type AuthSettings } from '../../../core/settings/auth-settings';
import { toExport, type BufferSettings } from '../../../core/settings/buffer-settings';
import { toEndpoint, type EndpointSettings } from '../../../core/settings/endpoint-settings';
import { toReceiver } from '../../../core/settings/receiver-settings';

const WHO = { id: 'b', receiverId: 'r', label: 'l' };
const HOUR_MS = 3_600_000;

/** Without what every endpoint has. */
function endpoint(settings: EndpointSettings): object {
	const sink = toEndpoint({ url: 'https://example.com', ...settings });
	validateSinkConfig(sink);
	const { kind, url, timeoutMs, allowedCidrs, sendCredentials, ...rest } = sink;
	assert.deepEqual(
		[kind, url, timeoutMs, allowedCidrs, sendCredentials],
		['http', 'https://example.com', 10_000, [], false],
	);
	return rest;
}

function exported(settings: BufferSettings): Partial<ReturnType<typeof parseExportConfig>> {
	const input = toExport(WHO, settings);
	parseExportConfig(input);
	return input as Partial<ReturnType<typeof parseExportConfig>>;
}

const auth = (settings: AuthSettings): unknown => toAuth(settings, (secretRef) => ({ secretRef }));

describe('what people set of a request', () => {
	it('is nothing that core does not know by itself where nothing is set', () => {
		assert.deepEqual(endpoint({}), {});
		assert.deepEqual(
			endpoint({ labels: '', retryOn: ' ', finalOn: ',', ca: '', proxyUrl: '', proxyUser: '' }),
			{},
		);
	});

	it('is method, format, body and compression', () => {
		const given = { method: 'PUT', format: 'csv', csvHeader: false, gzip: true } as const;
		assert.deepEqual(endpoint(given), given);
		assert.deepEqual(endpoint({ send: 'row', body: 'connector', labels: ' name, room ,' }), {
			send: 'row',
			body: 'connector',
			labels: ['name', 'room'],
		});
	});

	it('leaves out what the dialog hides', () => {
		assert.deepEqual(endpoint({ send: 'row', format: 'csv', csvHeader: true }), { send: 'row' });
		assert.deepEqual(endpoint({ format: 'ndjson', csvHeader: true, body: 'body', labels: 'a' }), {
			format: 'ndjson',
			body: 'body',
		});
		assert.deepEqual(endpoint({ proxy: 'none', proxyUrl: 'no url', proxyUser: 'u' }), {
			proxy: 'none',
		});
	});

	it('names statuses and classes in one text', () => {
		assert.deepEqual(endpoint({ retryOn: '404, 3XX', finalOn: '501\n5xx' }), {
			retryOn: [404, '3xx'],
			finalOn: [501, '5xx'],
		});
	});

	it('goes by a proxy, with user and password where there is a user', () => {
		const proxyPassword = { secretRef: 'p' };
		const proxyUrl = ' http://proxy:3128 ';
		const url = proxyUrl.trim();
		assert.deepEqual(endpoint({ proxy: 'server', proxyUrl, proxyPassword }), { proxy: { url } });
		assert.deepEqual(endpoint({ proxy: 'server', proxyUrl, proxyUser: 'u', proxyPassword }), {
			proxy: { url, user: 'u', password: proxyPassword },
		});
		assert.deepEqual(endpoint({ proxy: 'server', proxyUrl, proxyExcept: ' .local, 10.0.0.1 ' }), {
			proxy: { url, except: ['.local', '10.0.0.1'] },
		});
	});

	it('is let in by a header, a token, a password, or OAuth2', () => {
		assert.equal(auth({}), undefined);
		assert.equal(auth({ auth: 'none', authUser: 'u' }), undefined);
		assert.deepEqual(auth({ auth: 'header', authHeader: ' X-Api-Key ' }), {
			kind: 'header',
			name: 'X-Api-Key',
			value: { secretRef: 'authValue' },
		});
		assert.deepEqual(auth({ auth: 'bearer', authUser: 'u' }), {
			kind: 'bearer',
			token: { secretRef: 'authToken' },
		});
		assert.deepEqual(auth({ auth: 'basic', authUser: 'u' }), {
			kind: 'basic',
			user: 'u',
			password: { secretRef: 'authPassword' },
		});
		const authTokenUrl = ' https://id.example.com/token ';
		const client = {
			kind: 'oauth2',
			tokenUrl: authTokenUrl.trim(),
			clientId: 'c',
			clientSecret: { secretRef: 'authClientSecret' },
		};
		const given = { auth: 'oauth2', authTokenUrl, authClientId: 'c', authScope: '' } as const;
		assert.deepEqual(auth(given), client);
		assert.deepEqual(
			auth({ ...given, authScope: 'a b', authAudience: 'api', authClientAuth: 'body' }),
			{ ...client, scope: 'a b', audience: 'api', clientAuth: 'body' },
		);
	});
});

describe('what people set of a delivery', () => {
	it('is nothing that core does not know by itself where nothing is set', () => {
		const set = Object.keys(toExport(WHO, {})).toSorted();
		assert.deepEqual(
			Object.keys(
				toExport(WHO, { maxAge: '', filterTypes: '', filterLabels: [], filterCondition: ' ' }),
			).toSorted(),
			set,
		);
		const empty = {
			breakerPercent: '',
			perSecond: '',
			burst: '',
			giveUpAfter: '',
			maxInFlight: '',
		};
		assert.deepEqual(Object.keys(toExport(WHO, { breaker: true, ...empty })).toSorted(), set);
		assert.equal(set.includes('health') || set.includes('filter') || set.includes('order'), false);
	});

	it('takes a preset of pauses, and its maximum age unless another one is set', () => {
		assert.equal(exported({ retryDelays: 'disruptive' }).retry?.maxAgeMs, 12 * HOUR_MS);
		const { retry } = exported({ retryDelays: 'exponential 10s 1m', maxAge: '48h' });
		assert.equal(retry?.maxAgeMs, 48 * HOUR_MS);
		assert.deepEqual(retry?.delaysMs, [10_000, 20_000, 40_000, 60_000]);
		assert.equal(exported({ retryDelays: '1s', maxAge: '1h30m' }).retry?.maxAgeMs, 1.5 * HOUR_MS);
	});

	it('holds requests back, and gives up', () => {
		assert.deepEqual(exported({ breaker: false, breakerPercent: 50 }).health, { breaker: false });
		assert.deepEqual(
			exported({
				breakerPercent: '50',
				breakerRequests: 20,
				breakerWindow: '1m',
				perSecond: '5',
				perMinute: 100,
				burst: '10',
				giveUp: 'disable',
				giveUpAfter: '120h',
			}).health,
			{
				breaker: { failurePercent: 50, minRequests: 20, windowMs: 60_000 },
				rate: { perSecond: 5, perMinute: 100, burst: 10 },
				giveUp: { action: 'disable', afterMs: 120 * HOUR_MS },
			},
		);
		assert.deepEqual(exported({ giveUp: 'nothing', giveUpAfter: 'never' }).health, {
			giveUp: { action: 'nothing' },
		});
	});

	it('leaves events out by type, label and condition', () => {
		assert.deepEqual(
			exported({
				filterTypes: 'temperature, touch',
				filterLabels: [
					{ key: 'name', rule: 'has' },
					{ key: 'test', rule: 'hasNot', value: 'ignored' },
					{ key: 'room', rule: 'equals', value: 'a, b' },
					{ key: 'floor', rule: 'in', value: '1, 2' },
				],
				filterLabelsPath: ' device.labels ',
				filterCondition: 'Body("a") > 1',
			}).filter,
			{
				types: ['temperature', 'touch'],
				labels: [
					{ key: 'name', has: true },
					{ key: 'test', has: false },
					{ key: 'room', equals: 'a, b' },
					{ key: 'floor', in: ['1', '2'] },
				],
				labelsPath: 'device.labels',
				condition: { language: 'jsonnet', content: 'Body("a") > 1' },
			},
		);
		const places = { filterLabelsPath: 'b', filterTypePath: ' c ' };
		assert.deepEqual(exported({ filterTypes: 'a', ...places }).filter, {
			types: ['a'],
			typePath: 'c',
		});
		assert.equal('filter' in exported(places), false);
	});

	it('keeps an order, and sends so many batches at once', () => {
		const { order, maxInFlight } = exported({ order: 'strict', maxInFlight: '1' });
		assert.deepEqual([order, maxInFlight], ['strict', 1]);
		const byKey = exported({ order: 'key', orderKeyPath: ' event.targetName ' });
		assert.deepEqual([byKey.order, byKey.orderKeyPath], ['key', 'event.targetName']);
		assert.equal('orderKeyPath' in exported({ order: 'any', orderKeyPath: 'a' }), false);
		assert.equal(exported({ liveFirst: true }).liveFirst, true);
		assert.equal('liveFirst' in exported({ order: 'strict', liveFirst: true }), false);
		assert.equal('liveFirst' in exported({ order: 'any', liveFirst: false }), false);
	});

	it('tells of a receiver that gets nothing', () => {
		const { inactiveAfterMs } = toReceiver({ inactiveAfter: ' 1h ' });
		assert.equal(inactiveAfterMs, HOUR_MS);
		const whole = { id: 'r', auth: [{ kind: 'none' }] } as const;
		assert.equal(parseReceiverConfig({ ...whole, inactiveAfterMs }).inactiveAfterMs, HOUR_MS);
		assert.equal('inactiveAfterMs' in toReceiver({ inactiveAfter: '' }), false);
	});
});

describe('what is wrong in a dialog that forwards', () => {
	const at = (name: string): string => `dialog.${name}`;
	const sink = (settings: EndpointSettings) => (): unknown => toEndpoint(settings, at);
	const buffer = (settings: BufferSettings) => (): unknown => toExport(WHO, settings, at);
	const letIn = (settings: AuthSettings) => (): unknown =>
		toAuth(settings, (secretRef) => ({ secretRef }), at);
	const oauth2 = { auth: 'oauth2', authTokenUrl: 'https://id', authClientId: 'c' } as const;
	const wrong: readonly (readonly [field: string, read: () => unknown])[] = [
		['method', sink({ method: 'GET' as 'PUT' })],
		['send', sink({ send: 'all' as 'row' })],
		['format', sink({ format: 'xml' as 'csv' })],
		['body', sink({ body: 'all' as 'row' })],
		['body', sink({ format: 'csv', body: 'body' })],
		['gzip', sink({ gzip: 'yes' as unknown as boolean })],
		['csvHeader', sink({ format: 'csv', csvHeader: 1 as unknown as boolean })],
		['labels[1]', sink({ body: 'connector', labels: `a, ${'b'.repeat(201)}` })],
		['labels', sink({ body: 'connector', labels: 'a,'.repeat(101) })],
		['retryOn[0]', sink({ retryOn: '204' })],
		['retryOn[1]', sink({ retryOn: '404, soon' })],
		['finalOn[0]', sink({ retryOn: '404', finalOn: '404' })],
		['allowedCidrs[0]', sink({ allowedCidrs: '10.0.0.0/33' })],
		['proxy', sink({ proxy: 'auto' as 'none' })],
		['proxyUrl', sink({ proxy: 'server' })],
		['proxyUrl', sink({ proxy: 'server', proxyUrl: 'proxy:3128' })],
		['proxyUser', sink({ proxy: 'server', proxyUrl: 'http://proxy', proxyUser: 'a:b' })],
		[
			'proxyExcept[0]',
			sink({ proxy: 'server', proxyUrl: 'http://proxy', proxyExcept: 'two words' }),
		],
		['clientCertificate.cert', sink({ clientCertificate: { cert: 'x', key: { secretRef: 'k' } } })],
		['clientCertificate.key', sink({ clientCertificate: { cert: '-----BEGIN ', key: 'x' } })],
		['auth', letIn({ auth: 'digest' as 'basic' })],
		['authHeader', letIn({ auth: 'header' })],
		['authHeader', letIn({ auth: 'header', authHeader: 'Host' })],
		['authUser', letIn({ auth: 'basic', authUser: 'a:b' })],
		['authTokenUrl', letIn({ ...oauth2, authTokenUrl: 'id/token' })],
		['authClientId', letIn({ ...oauth2, authClientId: '' })],
		['authClientAuth', letIn({ ...oauth2, authClientAuth: 'jwt' as 'body' })],
		['maxAge', buffer({ maxAge: '59s' })],
		['maxAge', buffer({ maxAge: '721h' })],
		['maxAge', buffer({ maxAge: '5 days' })],
		['breaker', buffer({ breaker: 'no' as unknown as boolean })],
		['breakerPercent', buffer({ breakerPercent: 0 })],
		['breakerPercent', buffer({ breakerPercent: 'half' })],
		['breakerRequests', buffer({ breakerRequests: 1_001 })],
		['breakerWindow', buffer({ breakerWindow: '5s' })],
		['perSecond', buffer({ perSecond: '0' })],
		['perMinute', buffer({ perMinute: 600_001 })],
		['burst', buffer({ perSecond: 1, burst: 0.5 })],
		['burst', buffer({ burst: 5 })],
		['giveUp', buffer({ giveUp: 'delete' as 'pause' })],
		['giveUpAfter', buffer({ giveUp: 'pause', giveUpAfter: '30m' })],
		['filterTypes[0]', buffer({ filterTypes: 'a'.repeat(257) })],
		['filterTypes', buffer({ filterTypes: 'a,'.repeat(101) })],
		['filterLabels[0].key', buffer({ filterLabels: [{ key: '', rule: 'has' }] })],
		['filterLabels[0].rule', buffer({ filterLabels: [{ key: 'a', rule: 'is' as 'has' }] })],
		[
			'filterLabelsPath',
			buffer({ filterLabels: [{ key: 'a', rule: 'has' }], filterLabelsPath: '.' }),
		],
		['filterCondition', buffer({ filterCondition: 'a'.repeat(4_097) })],
		['order', buffer({ order: 'random' as 'any' })],
		['orderKeyPath', buffer({ order: 'key', orderKeyPath: ' ' })],
		['orderKeyPath', buffer({ order: 'key', orderKeyPath: '..' })],
		['maxInFlight', buffer({ maxInFlight: 101 })],
		['maxInFlight', buffer({ maxInFlight: 'many' })],
		['inactiveAfter', () => toReceiver({ inactiveAfter: '1s' }, at)],
	];
	for (const [index, [field, read]] of wrong.entries()) {
		it(`is refused by the name that the dialog has for it: ${field} (${index})`, () => {
			assert.throws(read, ({ code, details, message }: CoreError) => {
				assert.deepEqual([code, details['path']], ['ERR_CONFIG_INVALID', `dialog.${field}`]);
				assert.ok(message.startsWith(`dialog.${field}: expected `), message);
				return true;
			});
		});
	}

	it('says what it found once', () => {
		assert.throws(sink({ retryOn: 'soon' }), {
			message: 'dialog.retryOn[0]: expected a status from 300 to 599, 3xx, 4xx or 5xx, got "soon"',
		});
	});
});
