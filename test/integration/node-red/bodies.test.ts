import assert from 'node:assert/strict';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { aReceiver, reportTo, TAB } from '../../support/flows';
import { NodeRedWorld } from '../../support/node-red-world';
import { slowPost, statuses } from '../../support/raw-http';
import { startSinkServer, type SinkServer } from '../../support/sink-server';

/** Node-RED's own body parser would decompress some of these, and lose others. */
describe('bodies of all kinds on the URL of a real Node-RED', function () {
	this.timeout(180_000);
	let world: NodeRedWorld;
	let sink: SinkServer;

	before(async () => {
		world = await NodeRedWorld.create();
		sink = await startSinkServer();
		const open = { auth: [{ kind: 'none' }] };
		await world.start({
			flows: [
				TAB,
				aReceiver('one', { ...open, maxBodyBytes: 100_000, maxDecompressedBytes: '200000' }, [
					'report',
				]),
				aReceiver('lines', { ...open, split: 'csv', csvDelimiter: 'semicolon' }, ['report']),
				aReceiver('slow', { ...open, maxConcurrent: '1' }, ['report']),
				aReceiver('ce', { ...open, split: 'cloudevents', source: 'not this' }, ['report']),
				...reportTo(`${sink.url}/all`),
			],
		});
	});
	after(async () => {
		await world?.close();
		await sink?.close();
	});

	const push = async (id: string, body: BodyInit, headers: Record<string, string>) => {
		const response = await fetch(`${world.url}/in/${id}`, { method: 'POST', body, headers });
		return { status: response.status, headers: response.headers, answer: await response.text() };
	};
	const json = { 'content-type': 'application/json' };

	it('decompresses gzip and br, ends a bomb, and says what it takes', async () => {
		const text = JSON.stringify({ text: 'x'.repeat(150_000) });
		for (const [coding, body] of [
			['gzip', gzipSync(text)],
			['br', brotliCompressSync(text)],
		] as const) {
			const { status } = await push('one', body, { ...json, 'content-encoding': coding });
			assert.equal(status, 200);
		}
		const bomb = gzipSync(Buffer.alloc(5_000_000));
		assert.equal((await push('one', bomb, { ...json, 'content-encoding': 'gzip' })).status, 413);
		const other = await push('one', '{}', { ...json, 'content-encoding': 'zstd' });
		assert.deepEqual(
			[other.status, other.headers.get('accept-encoding')],
			[415, 'gzip, deflate, br'],
		);
	});

	it('lets senders whose bodies come slowly take no place from others', async () => {
		const slow = await Promise.all([1, 2].map(() => slowPost(world, '/in/slow')));
		assert.equal((await push('slow', '{}', json)).status, 200);
		for (const { finish } of slow) assert.deepEqual(statuses(await finish()), [200]);
	});

	it('takes CSV line by line, and all or none', async () => {
		const type = { 'content-type': 'text/csv' };
		const { answer } = await push('lines', 'a;b\n1;2\n3;4\n', type);
		assert.equal((JSON.parse(answer) as { stored: number }).stored, 2);
		assert.equal((await push('lines', 'a;b\n1;2\n3\n', type)).status, 400);
	});

	it('takes a CloudEvent in binary mode, and knows it again in structured mode', async () => {
		const event = { specversion: '1.0', id: '1', source: '/s', type: 't' };
		const headers = Object.fromEntries(Object.entries(event).map(([n, v]) => [`ce-${n}`, v]));
		const first = await push('ce', '{}', { ...json, ...headers });
		assert.equal((JSON.parse(first.answer) as { stored: number }).stored, 1);
		const type = { 'content-type': 'application/cloudevents+json' };
		const again = await push('ce', JSON.stringify(event), type);
		assert.equal((JSON.parse(again.answer) as { duplicates: number }).duplicates, 1);
	});
});
