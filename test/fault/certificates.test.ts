import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { createEvent } from '../../core/event/create-event';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import { retryNow } from '../../core/operate/verbs/retry';
import { eventually } from '../support/eventually';
import { madeAuthority, type Authority, type MadeCertificate } from '../support/made-certificates';
import { anExportInput, HOLDER } from '../support/pipeline-fixtures';
import { pushJson } from '../support/push-json';
import { skipWithout } from '../support/skip';
import { TLS_CERT, TLS_KEY } from '../support/tls-certificate';

const ID = 'items:1/main';
const HERE = 'IP:127.0.0.1';
const SECRET = 'hunter2';

describe('an endpoint with a certificate', () => {
	let authority: Authority;
	let server: Server;
	let url: string;
	/** Bodies that it has taken. */
	let taken: string[];

	before(async function () {
		authority = await madeAuthority().catch((cause: unknown) =>
			skipWithout(this, 'openssl', cause),
		);
	});
	after(() => authority?.close());
	beforeEach(async () => {
		taken = [];
		server = createServer({ key: TLS_KEY, cert: TLS_CERT }, (request, response) => {
			let text = '';
			request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
			request.on('end', () => {
				taken.push(text);
				response.end();
			});
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/in?key=${SECRET}`;
	});
	afterEach(async () => {
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	});

	const show = (certificate: MadeCertificate): void => server.setSecureContext(certificate);

	const cases: readonly {
		readonly name: string;
		readonly make: (by: Authority) => Promise<MadeCertificate>;
		/** Whether the authority is given to whoever pushes. */
		readonly trusted: boolean;
		readonly reason: string;
		readonly says: RegExp;
	}[] = [
		{
			name: 'that is self-signed',
			make: async () => ({ key: TLS_KEY, cert: TLS_CERT }),
			trusted: true,
			reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
			says: /self-signed.*give it as CA/,
		},
		{
			name: 'of an authority that nobody knows',
			make: (by) => by.issue({ name: HERE, days: [-1, 1] }),
			trusted: false,
			reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			says: /not signed by an authority that is trusted.*as CA/,
		},
		{
			name: 'that has expired, though its authority is trusted',
			make: (by) => by.issue({ name: HERE, days: [-3, -1] }),
			trusted: true,
			reason: 'CERT_HAS_EXPIRED',
			says: /has expired.*renewed/,
		},
		{
			name: 'that is not valid yet, though its authority is trusted',
			make: (by) => by.issue({ name: HERE, days: [1, 2] }),
			trusted: true,
			reason: 'CERT_NOT_YET_VALID',
			says: /not valid yet.*clocks/,
		},
		{
			name: 'for another name, though its authority is trusted',
			make: (by) => by.issue({ name: 'DNS:other.example', days: [-1, 1] }),
			trusted: true,
			reason: 'ERR_TLS_CERT_ALTNAME_INVALID',
			says: /another name/,
		},
		{
			name: 'for another address, though its authority is trusted',
			make: (by) => by.issue({ name: 'IP:127.0.0.2', days: [-1, 1] }),
			trusted: true,
			reason: 'ERR_TLS_CERT_ALTNAME_INVALID',
			says: /another name/,
		},
	];
	for (const { name, make, trusted, reason, says } of cases) {
		it(`${name} is sent nothing; the push comes again and says why (D42, D51)`, async () => {
			show(await make(authority));
			const { outcome, response } = await pushJson({
				url,
				...(trusted ? { ca: authority.cert } : {}),
			});
			assert.equal(response, undefined);
			assert.equal(outcome.kind, 'retry');
			const { error } = outcome as { error: Error & { code: string; details: object } };
			assert.deepEqual([error.code, error.details], ['ERR_SINK_UNAVAILABLE', { reason }]);
			assert.match(error.message, says);
			assert.ok(error.message.includes(reason), error.message);
			assert.doesNotMatch(`${error.message} ${error.stack}`, /hunter2|other\.example|127\.0\.0/);
			assert.deepEqual(taken, []);
		});
	}

	it('that asks for one of ours takes nothing without it, and says so (D42)', async () => {
		const asking = createServer(
			{ key: TLS_KEY, cert: TLS_CERT, ca: TLS_CERT, requestCert: true },
			(_request, response) => response.end(),
		).listen(0, '127.0.0.1');
		await once(asking, 'listening');
		try {
			const { port } = asking.address() as AddressInfo;
			const { outcome } = await pushJson({ url: `https://127.0.0.1:${port}/`, ca: TLS_CERT });
			assert.equal(outcome.kind, 'retry');
			assert.match(
				(outcome as { error: Error }).error.message,
				/CERTIFICATE_REQUIRED: .*asks for a certificate of ours.*key/,
			);
		} finally {
			asking.closeAllConnections();
			asking.close();
			await once(asking, 'close');
		}
	});

	it('of an authority of its own takes the push of whoever trusts that authority (D42)', async () => {
		show(await authority.issue({ name: HERE, days: [-1, 1] }));
		assert.equal((await pushJson({ url, ca: authority.cert })).outcome.kind, 'ack');
		// Beside others in one file.
		const ca = `${TLS_CERT}\n${authority.cert}`;
		assert.equal((await pushJson({ url, ca }, '{"n":2}')).outcome.kind, 'ack');
		assert.deepEqual(taken, ['{}', '{"n":2}']);
	});

	describe('that is renewed in time', () => {
		let store: Store;
		let pipeline: Pipeline;
		beforeEach(async () => {
			store = await openStore({ kind: 'memory' });
			pipeline = await openPipeline({ store });
		});
		afterEach(async () => {
			await pipeline.close();
			await store.close();
		});

		it('has lost no event: all wait, in order, and say why (D42, D45)', async () => {
			const [expired, other, good] = await Promise.all([
				authority.issue({ name: HERE, days: [-3, -1] }),
				authority.issue({ name: 'DNS:other.example', days: [-1, 1] }),
				authority.issue({ name: HERE, days: [-1, 1] }),
			]);
			const { ready } = pipeline.attachExport(
				{
					config: anExportInput({
						receiverId: 'items:1',
						output: 'event',
						conditions: { count: 1 },
						order: 'strict',
						retry: { delaysMs: [3_600_000], jitter: 0 },
					}),
					sink: { kind: 'http', url, ca: authority.cert, body: 'body' },
				},
				HOLDER,
			);
			await ready;
			const lastMessage = async (): Promise<string | undefined> => {
				const [counters] = await store.counters();
				return counters?.lastFailure?.message;
			};
			show(expired);
			for (const n of [1, 2, 3]) await pipeline.add(ID, [anEvent(n)]);
			await eventually('it is expired', async () =>
				/has expired/.test((await lastMessage()) ?? ''),
			);
			show(other);
			await retryNow(pipeline, ID);
			await eventually('it is another’s', async () =>
				/another name/.test((await lastMessage()) ?? ''),
			);
			assert.deepEqual(taken, []);
			show(good);
			await retryNow(pipeline, ID);
			await eventually('all are taken', () => taken.length >= 3);
			assert.deepEqual(taken, ['[{"n":1}]', '[{"n":2}]', '[{"n":3}]']);
			await eventually('all are done', async () => (await store.counters())[0]?.ackedTotal === 3);
			const [counters] = await store.counters();
			assert.equal(counters?.deadRows, 0);
		});
	});
});

function anEvent(n: number) {
	return createEvent({
		receivedAt: Date.now(),
		headers: { 'content-type': ['application/json'] },
		body: Buffer.from(JSON.stringify({ n })),
	});
}
