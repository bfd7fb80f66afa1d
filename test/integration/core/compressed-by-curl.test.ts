import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { startListeningReceiver, type ListeningReceiver } from '../../support/listening-receiver';
import { skipWithout } from '../../support/skip';

const run = promisify(execFile);
const SECRET = 'the secret of both';
const LIMITS = { maxBodyBytes: 200_000, maxDecompressedBytes: 300_000 };

/** Bodies go by a file: what a pipe brings, curl sends in chunks. */
describe('compressed bodies that curl sends to the own listener', () => {
	let receiver: ListeningReceiver;
	let folder: string;

	before(async function () {
		await run('curl', ['--version']).catch((error: unknown) => skipWithout(this, 'curl', error));
		folder = await mkdtemp(path.join(tmpdir(), 'sluice-curl-'));
		const auth = [{ kind: 'hmac', header: 'x-signature', secrets: [SECRET] }] as const;
		receiver = await startListeningReceiver({ input: { auth, ...LIMITS } });
	});
	after(async () => {
		await receiver?.close();
		if (folder) await rm(folder, { recursive: true });
	});

	const send = async (bytes: Buffer, ...more: string[]) => {
		const file = path.join(folder, 'body');
		await writeFile(file, bytes);
		const signature = createHmac('sha256', SECRET).update(bytes).digest('hex');
		const { stdout } = await run('curl', [
			...['-sS', '-i', '--max-time', '20', '--data-binary', `@${file}`],
			...['-H', 'content-type: application/json', '-H', `x-signature: ${signature}`],
			...more,
			`http://127.0.0.1:${receiver.port}/in`,
		]);
		return { text: stdout, statuses: [...stdout.matchAll(/^HTTP\S+ (\d+)/gm)].map(([, s]) => s) };
	};
	const coded = (name: string): string[] => ['-H', `content-encoding: ${name}`];
	const text = JSON.stringify({ text: 'ü'.repeat(100_000), n: 1.5 });

	for (const [name, compress] of Object.entries({
		gzip: zlib.gzipSync,
		deflate: zlib.deflateSync,
		br: zlib.brotliCompressSync,
	})) {
		for (const [how, ...more] of [
			['with a length'],
			['in chunks', '-H', 'transfer-encoding: chunked'],
			['after 100 Continue', '-H', 'expect: 100-continue', '--expect100-timeout', '20'],
		]) {
			it(`${name} ${how}: arrives decompressed`, async () => {
				const { statuses } = await send(compress(text), ...coded(name), ...more);
				assert.equal(statuses.at(-1), '200');
				assert.equal(statuses.includes('100'), how === 'after 100 Continue');
				assert.deepEqual((await receiver.event())['body'], JSON.parse(text));
			});
		}

		it(`${name}: a bomb is answered 413`, async () => {
			const bomb = compress(Buffer.alloc(20_000_000, ' '));
			const { statuses, text: answer } = await send(bomb, ...coded(name));
			assert.deepEqual(statuses, ['413']);
			assert.match(answer, /maxDecompressedBytes/);
		});
	}

	it('zstd is answered 415 with what is taken', async () => {
		const { statuses, text: answer } = await send(Buffer.from('{}'), ...coded('zstd'));
		assert.deepEqual(statuses, ['415']);
		assert.match(answer, /^accept-encoding: gzip, deflate, br\r$/im);
	});
});
