import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { eventually } from '../support/eventually';
import { aTrigger } from '../support/n8n-workflows';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { startSinkServer } from '../support/sink-server';
import { TLS_CERT, TLS_KEY } from '../support/tls-certificate';

describe('Sluice in a real n8n: forwarding', function () {
	this.timeout(180_000);
	let world: N8nWorld;
	const published: string[] = [];

	before(async () => {
		world = await sharedN8n();
	});
	afterEach(async () => {
		for (const id of published.splice(0)) await world.api.deactivate(id);
	});

	it('NDJSON, compressed, of events that pass a filter, under a rate; what is left out goes nowhere', async () => {
		const endpoint = await startSinkServer();
		try {
			const trigger = aTrigger({
				bufferName: 'lines',
				flushCount: 2,
				flushSeconds: 3_600,
				data: 'fields',
				fields: { values: [{ name: 'n', path: 'n' }] },
				filter: {
					filterLabels: { values: [{ key: 'site', rule: 'in', value: 'north, south' }] },
					filterCondition: 'Body("n") < 10',
				},
				then: 'http',
				url: `${endpoint.url}/lines`,
				requestOptions: {
					method: 'PUT',
					format: 'ndjson',
					gzip: true,
					headers: { values: [{ name: 'X-Site', value: 'all' }] },
				},
				deliveryOptions: { perSecond: 5, order: 'strict' },
			});
			published.push(await world.publish('forwards lines', [trigger], {}));
			for (const [n, site] of [
				[1, 'north'],
				[2, 'west'],
				[30, 'north'],
				[4, 'south'],
			] as const)
				assert.equal((await world.push(trigger, { n, labels: { site } })).status, 200);
			const [request] = await eventually(
				'the batch',
				() => endpoint.requests.length > 0 && endpoint.requests,
			);
			assert.equal(gunzipSync(request!.body).toString(), '{"n":1}\n{"n":4}\n');
			assert.deepEqual(
				['content-type', 'content-encoding', 'x-site'].map((name) => request!.headers[name]),
				['application/x-ndjson', 'gzip', 'all'],
			);
			assert.equal(endpoint.requests.length, 1);
		} finally {
			await endpoint.close();
		}
	});

	it("certificates of n8n's own credential, as its field of one line keeps them", async () => {
		const callers: unknown[] = [];
		const server = createServer(
			{ key: TLS_KEY, cert: TLS_CERT, ca: TLS_CERT, requestCert: true },
			(request, response) => {
				callers.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN);
				request.resume().on('end', () => response.end());
			},
		).listen(0, '127.0.0.1');
		await once(server, 'listening');
		try {
			const [ca, key] = [TLS_CERT, TLS_KEY].map((pem) => pem.replaceAll('\n', ' '));
			const httpSslAuth = await world.api.createCredential('httpSslAuth', 'plant', {
				ca: ca ?? '',
				cert: ca ?? '',
				key: key ?? '',
				passphrase: '',
			});
			const trigger = aTrigger(
				{
					bufferName: 'certified',
					then: 'http',
					url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
					provideSslCertificates: true,
				},
				{ httpSslAuth },
			);
			published.push(await world.publish('forwards with certificates', [trigger], {}));
			assert.equal((await world.push(trigger, { n: 1 })).status, 200);
			await eventually('the request', () => callers.length > 0);
			assert.deepEqual(callers, ['127.0.0.1']);
		} finally {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	});

	it('what cannot work is said where the workflow is published', async () => {
		const trigger = aTrigger({
			then: 'http',
			url: 'https://example.com/',
			requestOptions: { format: 'csv' },
		});
		const id = await world.publish('forwards nothing', [trigger], {});
		published.push(id);
		const [message = ''] = await world.api.publishErrors(id);
		assert.match(message, /requestOptions\.format: .*csv needs picked fields or columns/);
	});
});
