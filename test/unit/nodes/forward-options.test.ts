import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { INodeProperties } from 'n8n-workflow';
import { fullExportId, takeSnapshot } from '../../../core/index';
import { parseExportConfig } from '../../../core/pipeline/parse-export';
import { Sluice } from '../../../nodes/Sluice/Sluice.node.js';
import { SluiceTrigger } from '../../../nodes/SluiceTrigger/SluiceTrigger.node.js';
import { forwardTarget, readConfiguration } from '../../../nodes/SluiceTrigger/configuration';
import { deliverySettings } from '../../../nodes/shared/delivery-options';
import { filterSettings } from '../../../nodes/shared/filter-options';
import { eventually } from '../../support/eventually';
import { aPush } from '../../support/pipeline-fixtures';
import { startSinkServer, type SinkServer } from '../../support/sink-server';
import { execute } from './sluice-context';
import { n8nFolder, type N8nFolder } from './sluice-store';
import { triggerContext } from './trigger-context';
import { startInN8n, type StartedTrigger } from './trigger-world';

const URL = 'https://example.com/in';
const forwarding = (more: object): object => ({ then: 'http', url: URL, ...more });
const labels = (...values: object[]): object => ({ filterLabels: { values } });

const read = async (parameters: object) => {
	const context = triggerContext({ parameters: { ...parameters } });
	const { buffers, options } = await readConfiguration(context);
	const [buffer] = buffers;
	const isHttp = buffer?.parameters.then === 'http';
	const target = isHttp ? await forwardTarget(context, buffer!, options) : undefined;
	target?.open().close();
	return { input: buffer!.config, target };
};

describe('what a buffer of the Trigger is told about requests and deliveries', () => {
	it('as it comes: what core says by itself', async () => {
		const { input, target } = await read(forwarding({}));
		const { kind, url, origin, timeoutMs, allowedCidrs, sendCredentials, signatures, ...others } =
			target!.config;
		assert.deepEqual(others, {});
		assert.deepEqual([kind, url, origin, timeoutMs], ['http', URL, 'literal', 10_000]);
		assert.deepEqual([allowedCidrs, sendCredentials, signatures], [[], false, []]);
		const { filter, health, order, maxInFlight, retry } = input;
		assert.deepEqual(
			[filter, health, order, maxInFlight],
			[undefined, undefined, undefined, undefined],
		);
		assert.deepEqual(retry, (await read({})).input.retry);
	});

	it('requests: all that there is', async () => {
		const { target } = await read(
			forwarding({
				requestOptions: {
					method: 'PUT',
					send: 'row',
					body: 'connector',
					labels: 'name, building',
					gzip: true,
					timeoutSeconds: 30,
					allowedCidrs: '10.0.0.0/8',
					proxy: 'server',
					proxyUrl: 'http://proxy.example.com:3128',
					proxyExcept: '.example.com',
					headers: { values: [{ name: ' X-Site ', value: 'north' }] },
				},
				deliveryOptions: { retryOn: '404, 5xx', finalOn: '409' },
			}),
		);
		const { kind: _, url: __, origin: ___, signatures: ____, ...config } = target!.config;
		assert.deepEqual(config, {
			method: 'PUT',
			send: 'row',
			body: 'connector',
			labels: ['name', 'building'],
			gzip: true,
			timeoutMs: 30_000,
			allowedCidrs: ['10.0.0.0/8'],
			sendCredentials: false,
			proxy: { url: 'http://proxy.example.com:3128', except: ['.example.com'] },
			// Whatever stands in a header, it may be a key.
			headers: { 'X-Site': { secretRef: 'headers["X-Site"]' } },
			retryOn: [404, '5xx'],
			finalOn: [409],
		});
		assert.equal(await target!.resolveSecret('headers["X-Site"]'), 'north');
	});

	it('what another choice hides is not sent along', async () => {
		const columns = { data: 'fields', fields: { values: [{ name: 'n', path: 'n' }] } };
		const csv = { format: 'csv', csvHeader: false };
		const of = async (requestOptions: object) => {
			const {
				format,
				csvHeader,
				labels: chosen,
			} = (await read(forwarding({ ...columns, requestOptions }))).target!.config;
			return [format, csvHeader, chosen];
		};
		assert.deepEqual(await of(csv), ['csv', false, undefined]);
		assert.deepEqual(await of({ ...csv, send: 'row', labels: 'a' }), [
			undefined,
			undefined,
			undefined,
		]);
	});

	it('deliveries: all that there is', async () => {
		const { input } = await read(
			forwarding({
				deliveryOptions: {
					retry: 'list',
					retryDelays: '1s, 2m',
					maxAge: '12h',
					order: 'key',
					orderKeyPath: 'device.id',
					maxInFlight: 4,
					breakerPercent: 50,
					breakerRequests: 20,
					breakerWindow: '10m',
					perSecond: 5,
					perMinute: 100,
					burst: 2,
					giveUp: 'disable',
					giveUpAfter: '24h',
				},
			}),
		);
		assert.deepEqual(input.retry?.delaysMs, [1_000, 120_000]);
		assert.equal(input.retry?.maxAgeMs, 43_200_000);
		assert.deepEqual([input.order, input.orderKeyPath, input.maxInFlight], ['key', 'device.id', 4]);
		assert.deepEqual(input.health, {
			breaker: { failurePercent: 50, minRequests: 20, windowMs: 600_000 },
			rate: { perSecond: 5, perMinute: 100, burst: 2 },
			giveUp: { action: 'disable', afterMs: 86_400_000 },
		});
		parseExportConfig(input);
	});

	it('pauses of an earlier choice are left alone', () => {
		const retryDelays = '1s';
		assert.equal(deliverySettings({ retry: 'standard', retryDelays }).retryDelays, 'standard');
		assert.equal(deliverySettings({ retryDelays }).retryDelays, undefined);
		assert.equal(deliverySettings({ retry: 'list', retryDelays }).retryDelays, '1s');
	});

	it('new events first, where nothing else says in which order', async () => {
		const of = async (deliveryOptions: object) => {
			const { order, liveFirst } = (await read({ deliveryOptions })).input;
			return [order, liveFirst];
		};
		assert.deepEqual(await of({ liveFirst: true }), ['any', true]);
		const [order, liveFirst] = await of({ liveFirst: true, order: 'strict' });
		assert.deepEqual([order, liveFirst ?? false], ['strict', false]);
	});

	it('retries by name, and pauses only where they are chosen', async () => {
		const of = async (deliveryOptions: object) => (await read({ deliveryOptions })).input.retry;
		const standard = await of({});
		assert.deepEqual(await of({ retry: 'standard', retryDelays: '1s' }), standard);
		assert.deepEqual(await of({ retryDelays: '1s' }), standard);
		const connector = await of({ retry: 'disruptive' });
		assert.deepEqual([connector?.delaysMs?.[0], connector?.repeatLast], [8_000, true]);
		assert.equal((await of({ retry: 'exponential' }))?.maxAgeMs, 7 * 86_400_000);
		const own = await of({ retry: 'list', retryDelays: 'exponential 10s 40s' });
		assert.deepEqual(own?.delaysMs, [10_000, 20_000, 40_000]);
	});

	it('filters, also of a buffer that starts the workflow', async () => {
		const { input } = await read({
			filter: {
				filterTypes: 'temperature, touch',
				...labels(
					{ key: 'a', rule: 'has' },
					{ key: 'b', rule: 'hasNot', value: 'hidden' },
					{ key: 'c', rule: 'equals', value: '1' },
					{ key: 'd', rule: 'in', value: 'x, y' },
				),
				filterLabelsPath: 'event.labels',
				filterCondition: 'Body("n") > 1',
			},
		});
		assert.deepEqual(input.filter, {
			types: ['temperature', 'touch'],
			labels: [
				{ key: 'a', has: true },
				{ key: 'b', has: false },
				{ key: 'c', equals: '1' },
				{ key: 'd', in: ['x', 'y'] },
			],
			labelsPath: 'event.labels',
			condition: { language: 'jsonnet', content: 'Body("n") > 1' },
		});
	});

	it('a sender that is silent', async () => {
		const context = triggerContext({ parameters: { options: { inactiveAfter: '30m' } } });
		assert.equal((await readConfiguration(context)).receiver.inactiveAfterMs, 1_800_000);
	});

	it('a condition that n8n would take for an expression is none', () => {
		const at = (name: string) => `filter.${name}`;
		assert.throws(() => filterSettings({ filterCondition: '=1' }, at), {
			code: 'ERR_CONFIG_INVALID',
			message: /^filter\.filterCondition: /,
		});
	});

	const wrong: [path: string, parameters: object][] = [
		['requestOptions.method', { requestOptions: { method: 'GET' } }],
		['requestOptions.timeoutSeconds', { requestOptions: { timeoutSeconds: 0 } }],
		['requestOptions.allowedCidrs', { requestOptions: { allowedCidrs: '10.0.0.0/99' } }],
		['requestOptions.proxyUrl', { requestOptions: { proxy: 'server' } }],
		[
			'requestOptions.proxyUrl',
			{ requestOptions: { proxy: 'server', proxyUrl: 'http://user:hidden-1@example.com' } },
		],
		['requestOptions.format', { requestOptions: { format: 'csv' } }],
		[
			'requestOptions.labels',
			{ requestOptions: { body: 'connector', labels: 'a,'.repeat(101).replaceAll('a', 'k') } },
		],
		[
			'requestOptions.headers',
			{ requestOptions: { headers: { values: [{ name: 'Host', value: 'hidden-1' }] } } },
		],
		[
			'requestOptions.headers',
			{ requestOptions: { headers: { values: [{ name: 'X-A', value: 'hidden-1\n' }] } } },
		],
		[
			'requestOptions.headers[1].name',
			{
				requestOptions: {
					headers: {
						values: [
							{ name: 'X-A', value: 'hidden-1' },
							{ name: 'x-a ', value: '' },
						],
					},
				},
			},
		],
		['deliveryOptions.retryOn', { deliveryOptions: { retryOn: '200' } }],
		['deliveryOptions.finalOn', { deliveryOptions: { retryOn: '5xx', finalOn: '5xx' } }],
		['deliveryOptions.retryDelays', { deliveryOptions: { retry: 'soon' } }],
		['deliveryOptions.maxAge', { deliveryOptions: { maxAge: 'old' } }],
		['deliveryOptions.order', { deliveryOptions: { order: 'some' } }],
		['deliveryOptions.orderKeyPath', { deliveryOptions: { order: 'key' } }],
		['deliveryOptions.maxInFlight', { deliveryOptions: { maxInFlight: 0 } }],
		['deliveryOptions.perSecond', { deliveryOptions: { perSecond: -1 } }],
		['deliveryOptions.burst', { deliveryOptions: { perSecond: 1, burst: 0 } }],
		['deliveryOptions.breakerWindow', { deliveryOptions: { breakerWindow: '1s' } }],
		['deliveryOptions.giveUpAfter', { deliveryOptions: { giveUpAfter: '1m' } }],
		['filter.filterLabels[0].rule', { filter: labels({ key: 'a', rule: 'near' }) }],
		['filter.filterLabels[0]', { filter: labels({ key: '', rule: 'has' }) }],
	];
	for (const [path, parameters] of wrong) {
		const at = new RegExp(`^${path.replaceAll(/[[\]]/g, String.raw`\$&`)}`);
		it(`names ${path} as the dialog does: ${JSON.stringify(parameters).slice(0, 80)}`, async () => {
			const expected = (place: string) => (error: Error) => {
				assert.ok(error.message.startsWith(place), error.message);
				assert.match(error.message.slice(place.length), at);
				assert.doesNotMatch(error.message, /hidden-1/);
				return true;
			};
			const check = async (given: object) => parseExportConfig((await read(given)).input);
			await assert.rejects(check(forwarding(parameters)), expected(''));
			const values = [{ name: 'a', ...forwarding(parameters) }];
			await assert.rejects(
				check({ severalBuffers: true, buffers: { values } }),
				expected('buffers[0].'),
			);
		});
	}
});

describe('buffers of the Trigger that forward', () => {
	let n8n: N8nFolder;
	let sink: SinkServer;
	let running: StartedTrigger | undefined;
	beforeEach(async () => {
		[n8n, sink] = await Promise.all([n8nFolder(), startSinkServer()]);
	});
	afterEach(async () => {
		await running?.close();
		running = undefined;
		await sink.close();
		await n8n.close();
	});

	const start = async (parameters: object): Promise<void> => {
		running = await startInN8n({
			parameters: { authentication: 'none', ...forwarding(parameters), url: `${sink.url}/in` },
		});
	};
	const push = async (body: object): Promise<number> => {
		const answer = await n8n.pipeline.accept(
			'wf:node-a',
			aPush({ body: Buffer.from(JSON.stringify(body)) }),
		);
		return answer.status;
	};
	const id = fullExportId({ receiverId: 'wf:node-a', id: 'events' });

	it('send NDJSON, compressed, of the events that pass their filter; the others are counted', async () => {
		await start({
			flushCount: 2,
			flushSeconds: 3_600,
			data: 'fields',
			fields: { values: [{ name: 'n', path: 'n' }] },
			filter: {
				...labels({ key: 'site', rule: 'in', value: 'north, south' }),
				filterCondition: 'Body("n") < 10',
			},
			requestOptions: {
				format: 'ndjson',
				gzip: true,
				method: 'PUT',
				headers: { values: [{ name: 'X-Site', value: 'all' }] },
			},
		});
		for (const [n, site] of [
			[1, 'north'],
			[2, 'west'],
			[30, 'north'],
			[4, 'south'],
		] as const)
			assert.equal(await push({ n, labels: { site } }), 200);
		const [request] = await eventually('it', () => sink.requests.length > 0 && sink.requests);
		assert.equal(gunzipSync(request!.body).toString(), '{"n":1}\n{"n":4}\n');
		assert.deepEqual(
			['content-type', 'content-encoding', 'x-site'].map((name) => request!.headers[name]),
			['application/x-ndjson', 'gzip', 'all'],
		);
		const { exports } = await takeSnapshot(n8n.pipeline);
		assert.equal(exports.find(({ exportId }) => exportId === id)?.leftOut, 2);
	});

	it('send an event per request, the body as it came', async () => {
		await start({
			flushCount: 2,
			flushSeconds: 3_600,
			requestOptions: { send: 'row', body: 'body' },
			deliveryOptions: { order: 'strict' },
		});
		for (const n of [1, 2]) await push({ n });
		await eventually('both', () => sink.requests.length >= 2);
		assert.deepEqual(
			sink.requests.map(({ body }) => body.toString()),
			['{"n":1}', '{"n":2}'],
		);
	});

	it('try again what is final elsewhere, and make dead letters of what is not', async () => {
		sink.answer = (_, response) => response.writeHead(sink.requests.length === 1 ? 404 : 503).end();
		await start({
			flushCount: 1,
			deliveryOptions: { retry: 'list', retryDelays: '1s', retryOn: '404', finalOn: '503' },
		});
		await push({ n: 1 });
		const [letter] = await eventually('it', async () => {
			const letters = await n8n.pipeline.store.deadLetters();
			return letters.length > 0 && letters;
		});
		assert.equal(letter?.error.code, 'ERR_SINK_REJECTED');
		assert.equal(sink.requests.length, 2);
	});

	it('say where the workflow is published what cannot work, and start nothing', async () => {
		await assert.rejects(start({ requestOptions: { format: 'csv' } }), {
			message: /^requestOptions\.format: /,
			description: /ERR_CONFIG_INVALID/,
		});
		const headers = { values: [{ name: 'X-A', value: 'hidden-1\n' }] };
		await assert.rejects(start({ requestOptions: { headers } }), {
			message: /^requestOptions\.headers(?!.*hidden-1)/s,
		});
		await assert.rejects(start({ filter: { filterCondition: 'if' } }), {
			message: /filter/,
			description: /ERR_TEMPLATE_SYNTAX/,
		});
		assert.equal(await push({ n: 1 }), 404);
	});
});

describe('Item → Forward to URL, with options of its own', () => {
	let sink: SinkServer;
	beforeEach(async () => (sink = await startSinkServer()));
	afterEach(() => sink.close());

	const forward = (options: object, items: object[] = [{ n: 1 }]) =>
		execute({
			resource: 'item',
			operation: 'forward',
			parameters: { url: `${sink.url}/now`, options },
			items: items.map((json) => ({ json: { ...json } })),
		});

	it('sends each item with method, headers and compression', async () => {
		const headers = { values: [{ name: 'X-Site', value: 'north' }] };
		await forward({ method: 'PATCH', gzip: true, headers }, [{ n: 1 }, { n: 2 }]);
		assert.deepEqual(
			sink.requests.map(({ body, headers: sent }) => [gunzipSync(body).toString(), sent['x-site']]),
			[
				['{"n":1}', 'north'],
				['{"n":2}', 'north'],
			],
		);
	});

	for (const [path, options] of [
		['options.method', { method: 'DELETE' }],
		['options.headers', { headers: { values: [{ name: 'Content-Length', value: '1' }] } }],
		['options.proxyUrl', { proxy: 'server', proxyUrl: 'no url' }],
	] as const) {
		it(`names ${path} as the dialog does`, async () => {
			await assert.rejects(forward(options), new RegExp(`^NodeOperationError: ${path}`));
		});
	}
});

describe('the options of both nodes', () => {
	const collections = (properties: readonly INodeProperties[]): INodeProperties[] =>
		properties.flatMap((one) => [
			...(one.type === 'collection' ? [one] : []),
			...(one.options ?? []).flatMap((option) =>
				'values' in option ? collections(option.values) : [],
			),
		]);
	const named = (type: Sluice | SluiceTrigger) => collections(type.description.properties);

	it('of the Trigger take no expression, at any depth (N73, N74)', () => {
		const check = (one: INodeProperties, path: string): void => {
			assert.ok(one.noDataExpression ?? one.type === 'notice', path);
			for (const option of (one.options ?? []) as INodeProperties[]) {
				if ('type' in option) check(option, `${path}.${option.name}`);
				const { values = [] } = option as { values?: INodeProperties[] };
				for (const value of values) check(value, `${path}.${value.name}`);
			}
		};
		for (const one of collections(new SluiceTrigger().description.properties)) check(one, one.name);
	});

	it('of the Sluice node take none where they say who is reached', () => {
		const options = named(new Sluice()).find(({ options: list = [] }) =>
			list.some(({ name }) => name === 'allowedCidrs'),
		);
		for (const name of ['allowedCidrs', 'proxy', 'proxyUrl', 'proxyExcept']) {
			const found = options?.options?.find((one) => one.name === name) as INodeProperties;
			assert.equal(found.noDataExpression, true, name);
		}
	});

	it('have a default that is one of their choices', () => {
		for (const { options = [] } of [...named(new Sluice()), ...named(new SluiceTrigger())]) {
			for (const one of options as INodeProperties[]) {
				if (one.type !== 'options') continue;
				const values = (one.options ?? []).map((option) => 'value' in option && option.value);
				assert.ok(values.includes(one.default as string), one.name);
			}
		}
	});
});
