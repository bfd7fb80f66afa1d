import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { N8nNode } from '../../scripts/host/n8n-api';
import { eventually } from '../support/eventually';
import { aTrigger } from '../support/n8n-workflows';
import { sharedN8n, type N8nWorld } from '../support/n8n-world';
import { aPost, exchange, statuses } from '../support/raw-http';
import { startSinkServer, type SinkServer } from '../support/sink-server';

const SECRET = 'k1';
const JSON_TYPE = 'application/json';

/** n8n reads these before it asks us, and decompresses what it knows how to. */
const READ_BY_N8N: Readonly<Record<string, string>> = {
	[JSON_TYPE]: ' {"a" : 1.0}\r\n',
	'application/json; charset=utf-8': '{"a":"é","a":2}',
	'application/x-www-form-urlencoded': 'b=2&a=%20+',
	'text/plain': ' text\r\n',
	'application/xml': '<a  b="1"/>',
};
const READ_BY_US: Readonly<Record<string, string | Buffer<ArrayBuffer>>> = {
	'application/x-ndjson': '{"a":1}\n\n{"a" : 2}',
	'application/cloudevents+json': '{"specversion":"1.0","id":"1","source":"/s","type":"t"}',
	'text/csv': 'a;b\r\n1;2\r\n',
	'application/octet-stream': Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
	'': 'no type',
};
const CODINGS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;

describe('bodies of all kinds on the webhook URL of a real n8n', function () {
	this.timeout(120_000);
	let world: N8nWorld;
	let sink: SinkServer;
	let signed: N8nNode;
	let open: N8nNode;

	before(async () => {
		world = await sharedN8n();
		sink = await startSinkServer();
		const forwardTo = (path: string) => ({
			then: 'http',
			url: `${sink.url}/${path}`,
			deliveryOptions: { order: 'strict' },
		});
		const signature = await world.api.createCredential('sluiceSignatureApi', 'bodies', {
			secret: SECRET,
			previousSecret: '',
		});
		const credentials = { sluiceSignatureApi: signature };
		signed = aTrigger({ authentication: 'hmac', ...forwardTo('signed') }, credentials);
		const limits = { maxBodyBytes: 100_000, maxDecompressedBytes: 200_000 };
		const answer = {
			answerStatus: 201,
			answerBody: 'json',
			answerText: '{"taken":true}',
			answerHeaders: 'X-Taken: yes',
			allowedOrigins: 'https://a.example,https://b.example',
		};
		open = aTrigger({ ...forwardTo('open'), options: { ...limits, ...answer } });
		for (const one of [signed, open]) await world.publish('bodies', [one], {});
	});
	after(() => sink?.close());

	const urlOf = ({ webhookId }: N8nNode): string => `${world.url}/webhook/${webhookId}/events`;
	const send = (node: N8nNode, body: BodyInit, type: string, headers: object = {}) =>
		fetch(urlOf(node), {
			method: 'POST',
			body: typeof body === 'string' ? Buffer.from(body) : body,
			headers: { ...(type === '' ? {} : { 'content-type': type }), ...headers },
			signal: AbortSignal.timeout(15_000),
			...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
		} as RequestInit);
	const push = async (...o: Parameters<typeof send>): Promise<number> => {
		const answer = await send(...o);
		await answer.arrayBuffer();
		return answer.status;
	};
	const signatureOf = (bytes: string | Buffer): object => ({
		'x-signature': createHmac('sha256', SECRET).update(bytes).digest('hex'),
	});

	for (const [type, body] of Object.entries({ ...READ_BY_N8N, ...READ_BY_US })) {
		it(`${type || 'no type'}: a signature over the bytes as they were sent holds`, async () => {
			assert.equal(await push(signed, body, type, signatureOf(body)), 200);
			const parts = new Blob([body]).stream();
			assert.equal(await push(signed, parts, type, signatureOf(body)), 200, 'in chunks');
			assert.equal(await push(signed, body, type, signatureOf(` ${body}`)), 401);
		});
	}

	for (const [coding, compress] of Object.entries(CODINGS)) {
		const encoded = { 'content-encoding': coding };

		it(`${coding}: what n8n does not read is verified as it was sent, compressed`, async () => {
			for (const [type, body] of Object.entries(READ_BY_US)) {
				const bytes = compress(body);
				const byBytes = await push(signed, bytes, type, { ...encoded, ...signatureOf(bytes) });
				const byText = await push(signed, bytes, type, { ...encoded, ...signatureOf(body) });
				assert.deepEqual([byBytes, byText], [200, 401], type);
			}
		});

		it(`${coding}: what n8n reads is verified as n8n gives it (N83)`, async () => {
			for (const [type, body] of Object.entries(READ_BY_N8N)) {
				const bytes = compress(body);
				const byBytes = await push(signed, bytes, type, { ...encoded, ...signatureOf(bytes) });
				const byText = await push(signed, bytes, type, { ...encoded, ...signatureOf(body) });
				// It reads br as if it were text.
				const expected = coding !== 'br' ? [401, 200] : /json/.test(type) ? [422, 422] : [200, 401];
				if (coding !== 'br' || !/xml/.test(type)) {
					assert.deepEqual([byBytes, byText], expected, type);
				}
			}
		});
	}

	it('an event is what the body says, decompressed', async () => {
		await push(open, gzipSync('{"n":"packed"}'), JSON_TYPE, { 'content-encoding': 'gzip' });
		await push(open, 'n=form', 'application/x-www-form-urlencoded');
		await push(open, brotliCompressSync('n\r\ncsv\r\n'), 'text/csv', { 'content-encoding': 'br' });
		const bodies = (): unknown[] =>
			sink.requests
				.filter(({ url }) => url === '/open')
				.flatMap(({ json }) => (json as { body: unknown }[]).map(({ body }) => body));
		await eventually('all of them', () => bodies().length >= 3);
		assert.deepEqual(bodies(), [{ n: 'packed' }, { n: 'form' }, [{ n: 'csv' }]]);
	});

	it('limits hold for what is sent and for what it becomes, and what is damaged is refused', async () => {
		const octets = 'application/octet-stream';
		const packed = { 'content-encoding': 'gzip' };
		const zeros = (count: number) => Buffer.alloc(count);
		const cases: [status: number, ...o: [BodyInit, string, object?]][] = [
			[201, gzipSync(zeros(150_000)), octets, packed],
			[201, gzipSync(zeros(150_000)), 'text/plain', packed],
			[413, zeros(150_000), octets],
			[413, zeros(150_000), 'text/plain'],
			[413, new Blob([zeros(5_000_000)]).stream(), octets],
			[413, gzipSync(zeros(1_500_000)), octets, packed],
			[413, gzipSync(zeros(1_500_000)), 'text/plain', packed],
			// What is more than N8N_PAYLOAD_SIZE_MAX, or damaged, n8n itself answers so where it reads it (N85).
			[413, gzipSync(zeros(5_000_000)), octets, packed],
			[500, gzipSync(zeros(5_000_000)), 'text/plain', packed],
			[400, 'nonsense', octets, packed],
			[500, 'nonsense', 'text/plain', packed],
			[415, 'nonsense', octets, { 'content-encoding': 'zstd' }],
			[415, '--x\r\n\r\nabc\r\n--x--', 'multipart/form-data; boundary=x'],
			[201, '--x\r\n\r\nabc\r\n--x--', 'multipart/mixed; boundary=x'],
		];
		for (const [status, body, type, headers] of cases) {
			assert.equal(await push(open, body, type, headers), status, `${type} ${headers ?? ''}`);
		}
	});

	it('a sender that waits for 100 Continue, and one that goes away half-way, are no harm', async () => {
		const { pathname } = new URL(urlOf(open));
		const port = Number(new URL(world.url).port);
		const waiting = aPost(pathname, ['expect: 100-continue']);
		assert.deepEqual(statuses(await exchange({ port }, waiting)), [100, 201]);
		const leaving = connect({ host: '127.0.0.1', port });
		const part = aPost(pathname, ['content-type: text/csv']).replace('length: 2', 'length: 200');
		await new Promise((written) => leaving.write(part, written));
		leaving.destroy();
		assert.equal(await push(open, '{}', JSON_TYPE), 201);
	});

	it('answers as it is told, other methods 405 or as n8n does, and pages by their origin', async () => {
		const taken = await send(open, '{}', JSON_TYPE);
		assert.deepEqual([taken.status, await taken.text()], [201, '{"taken":true}']);
		assert.equal(taken.headers.get('x-taken'), 'yes');
		for (const [method, status] of [
			['HEAD', 405],
			['GET', 405],
			['PUT', 404],
		] as const) {
			assert.equal((await fetch(urlOf(open), { method })).status, status, method);
		}
		for (const [origin, status] of [
			['https://a.example', 201],
			['https://b.example', 201],
			['https://c.example', 403],
		] as const) {
			const asks = { origin, 'access-control-request-method': 'POST' };
			const preflight = await fetch(urlOf(open), { method: 'OPTIONS', headers: asks });
			// n8n lets every page (N87a).
			assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
			const answer = await send(open, '{}', JSON_TYPE, { origin });
			assert.equal(answer.status, status, origin);
			if (status === 201) assert.equal(answer.headers.get('access-control-allow-origin'), origin);
		}
		assert.equal((await send(signed, '{}', JSON_TYPE, { origin: 'null' })).status, 401);
	});
});
