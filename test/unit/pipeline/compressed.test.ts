import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import * as zlib from 'node:zlib';
import { decodeEvent } from '../../../core/event/codec';
import { MAX_APPEND_EVENTS } from '../../../core/buffer/store';
import { BODY_BYTES } from '../../../core/pure/bounds';
import {
	aPush,
	anExportInput,
	HOLDER,
	OPEN,
	pipelineWorld,
	type PipelineWorld,
} from '../../support/pipeline-fixtures';

const COMPRESS: Record<string, (bytes: zlib.InputType) => Buffer> = {
	gzip: zlib.gzipSync,
	'x-gzip': zlib.gzipSync,
	deflate: zlib.deflateSync,
	br: zlib.brotliCompressSync,
};
const TEXT = '{"a":1.10}';

describe('a receiver and bodies that come compressed', () => {
	let world: PipelineWorld;

	beforeEach(async () => {
		world = await pipelineWorld();
	});
	afterEach(() => world.close());

	const attach = (receiver: object = {}) =>
		world.pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...receiver },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
	const push = async (body: Uint8Array, encoding: string, headers: object = {}) => {
		const given = { 'content-type': 'application/json', 'content-encoding': encoding, ...headers };
		const answer = await world.pipeline.accept('r1', aPush({ body, headers: given }));
		return { ...answer, ...(JSON.parse(answer.body) as { error?: string; message?: string }) };
	};
	const events = async () => {
		const rows = await world.store.peek('r1/main', { limit: 10 });
		return rows.map(({ payload }) => decodeEvent(payload));
	};
	const bodies = async () => (await events()).map(({ body }) => Buffer.from(body).toString());

	for (const [coding, compress] of Object.entries(COMPRESS)) {
		it(`decompresses ${coding}`, async () => {
			await attach();
			assert.equal((await push(compress(TEXT), coding)).status, 200);
			assert.deepEqual(await bodies(), [TEXT]);
		});

		it(`refuses a body that is cut off, damaged or followed by something, as ${coding}`, async () => {
			await attach();
			const whole = compress(TEXT);
			for (const body of [
				whole.subarray(0, whole.length - 1),
				whole.subarray(0, 1),
				Buffer.concat([whole, Buffer.from('{}')]),
				Buffer.from(TEXT),
			]) {
				const { status, error, message } = await push(body, coding);
				assert.deepEqual([status, error], [400, 'ERR_BODY_UNREADABLE']);
				assert.match(message ?? '', /cannot be decompressed/);
				assert(!message?.includes(TEXT));
			}
			assert.deepEqual(await bodies(), []);
		});

		it(`ends a bomb at the limit, as ${coding}`, async () => {
			await attach({ maxBodyBytes: 300_000, maxDecompressedBytes: 400_000 });
			const { status, error, message } = await push(compress(Buffer.alloc(5_000_000)), coding);
			assert.deepEqual([status, error], [413, 'ERR_BODY_TOO_LARGE']);
			assert.match(message ?? '', /decompressed.*maxDecompressedBytes is 400000/);
		});
	}

	it('decompresses deflate without the header of zlib, which many senders leave out', async () => {
		await attach();
		assert.equal((await push(zlib.deflateRawSync(TEXT), 'deflate')).status, 200);
		assert.deepEqual(await bodies(), [TEXT]);
	});

	it('undoes several codings, the last one first, in any letter case, on one line or more', async () => {
		await attach();
		const body = zlib.brotliCompressSync(zlib.gzipSync(TEXT));
		assert.equal((await push(body, ' GZIP ,identity, Br')).status, 200);
		const lines = { 'content-encoding': ['gzip', 'br'] };
		assert.equal((await push(body, '', lines)).status, 200);
		assert.deepEqual(await bodies(), [TEXT, TEXT]);
		assert.equal((await push(body, 'br, gzip')).status, 400);
	});

	it('ends each of several codings at the limit', async () => {
		await attach({ maxBodyBytes: 100_000 });
		// The first of them becomes 2 MB of members that hold nothing.
		const nothing = Buffer.concat(Array(100_000).fill(zlib.gzipSync('')) as Buffer[]);
		const { status } = await push(zlib.gzipSync(nothing), 'gzip, gzip');
		assert.equal(status, 413);
	});

	it('takes a body of several gzip members, as files that were written in parts are', async () => {
		await attach();
		const body = Buffer.concat([zlib.gzipSync('{"a":'), zlib.gzipSync('1.10}')]);
		assert.equal((await push(body, 'gzip')).status, 200);
		assert.deepEqual(await bodies(), [TEXT]);
	});

	for (const encoding of ['zstd', 'utf-8', 'gzip, aws-chunked', 'gzip, gzip, gzip, gzip']) {
		it(`refuses "${encoding}" with 415 and says what it takes`, async () => {
			await attach();
			const { status, error, headers } = await push(zlib.gzipSync(TEXT), encoding);
			assert.deepEqual([status, error], [415, 'ERR_CONTENT_ENCODING']);
			assert.equal(headers['accept-encoding'], 'gzip, deflate, br');
		});
	}

	it('says nothing of codings in other answers, nor to whoever is not let in', async () => {
		await attach({ auth: [{ kind: 'bearer', secrets: ['the secret of both'] }] });
		const { status, headers } = await push(Buffer.from('x'), 'zstd');
		assert.deepEqual([status, 'accept-encoding' in headers], [401, false]);
	});

	it('has a bound before it decompresses, too', async () => {
		await attach({ maxBodyBytes: 20, maxDecompressedBytes: 1_000 });
		const { status, message } = await push(Buffer.alloc(21), 'gzip');
		assert.equal(status, 413);
		assert.match(message ?? '', /maxBodyBytes is 20/);
	});

	it('takes no more than the largest body where nothing is said of the decompressed one', async () => {
		await attach({ maxBodyBytes: 1_000 });
		const of = (length: number) => zlib.gzipSync(`"${'x'.repeat(length - 2)}"`);
		assert.equal((await push(of(1_000), 'gzip')).status, 200);
		const { status, message } = await push(of(1_001), 'gzip');
		assert.equal(status, 413);
		assert.match(message ?? '', /maxBodyBytes is 1000/);
	});

	it('bounds what a host has decompressed as it would what it decompresses itself (N83)', async () => {
		await attach({ maxBodyBytes: 20, maxDecompressedBytes: 100 });
		const of = (length: number, isDecompressed: boolean) =>
			world.pipeline.accept('r1', aPush({ body: Buffer.alloc(length, '1'), isDecompressed }));
		assert.equal((await of(100, true)).status, 200);
		assert.equal((await of(101, true)).status, 413);
		assert.equal((await of(21, false)).status, 413);
	});

	it('leaves an empty body empty, whatever coding it names', async () => {
		await attach();
		assert.equal((await push(new Uint8Array(0), 'gzip')).status, 200);
		assert.deepEqual(await bodies(), ['']);
	});

	it('verifies the bytes as they were sent, and not what they become', async () => {
		const secret = 'the secret of both';
		await attach({ auth: [{ kind: 'hmac', header: 'x-signature', secrets: [secret] }] });
		const sent = zlib.gzipSync(TEXT);
		const sign = (bytes: string | Uint8Array) => ({
			'x-signature': createHmac('sha256', secret).update(bytes).digest('hex'),
		});
		assert.equal((await push(sent, 'gzip', sign(TEXT))).status, 401);
		assert.equal((await push(sent, 'gzip', sign(sent))).status, 200);
		assert.deepEqual(await bodies(), [TEXT]);
	});

	it('leaves headers out of the event that are true of the compressed bytes alone', async () => {
		await attach();
		await push(zlib.gzipSync(TEXT), 'gzip', {
			'content-length': '30',
			'content-digest': 'sha-256=:x:',
			'content-md5': 'x',
			'x-site': 'a',
		});
		const [event] = await events();
		assert.deepEqual(
			{ ...event?.headers },
			{ 'content-type': ['application/json'], 'x-site': ['a'] },
		);
	});

	it(`takes ${MAX_APPEND_EVENTS} lines of compressed NDJSON, all or none`, async () => {
		await attach({ split: 'ndjson', maxDecompressedBytes: BODY_BYTES.max });
		const line = `{"n":1,"text":"${'x'.repeat(300)}"}\n`;
		const lines = zlib.gzipSync(line.repeat(MAX_APPEND_EVENTS));
		assert(lines.length < 100_000);
		const refused = await push(zlib.gzipSync(`${line.repeat(9_999)}{"n":`), 'gzip');
		assert.equal(refused.status, 400);
		assert.match(refused.message ?? '', /^events\[9999\]: .* line 10000/);
		const tooMany = await push(zlib.gzipSync(line.repeat(MAX_APPEND_EVENTS + 1)), 'gzip');
		assert.deepEqual([tooMany.status, tooMany.error], [413, 'ERR_REQUEST_TOO_LARGE']);
		assert.deepEqual(await bodies(), []);
		const { status, body } = await push(lines, 'gzip');
		assert.deepEqual(
			[status, JSON.parse(body)],
			[200, { stored: MAX_APPEND_EVENTS, duplicates: 0, filtered: 0 }],
		);
	});
});
