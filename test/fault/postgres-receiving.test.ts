import assert from 'node:assert/strict';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { openPipeline, type Pipeline } from '../../core/pipeline/open-pipeline';
import type { ReceiverInput } from '../../core/pipeline/parse-receiver';
import { signRequest } from '../../core/signature/sign-request';
import type { SchemeConfig } from '../../core/signature/schemes/index';
import { eventually } from '../support/eventually';
import { anExportInput, aPush, HOLDER } from '../support/pipeline-fixtures';
import { usePostgres } from '../support/postgres';
import { type Child, startChild } from './child';
import type { PushedToOptions } from './pushed-to';

const SECRET = 'the-shared-secret';
const TIMED: SchemeConfig = {
	kind: 'hmac',
	secrets: [SECRET],
	content: '{timestamp}.{body}',
	timestampHeader: 'x-timestamp',
};
const IN_URL: SchemeConfig = { kind: 'url-secret', secrets: ['first-s3cret-s3cret'] };

describe('a receiver that two processes of a postgres store take pushes for', function () {
	this.timeout(60_000);
	const database = usePostgres();
	let child: Child | undefined;
	let store: Store | undefined;
	let pipeline: Pipeline | undefined;

	afterEach(async () => {
		child?.process.kill('SIGKILL');
		await child?.ended;
		await pipeline?.close();
		await store?.close();
	});

	/** Here and in another process. @returns where the other one listens */
	async function attachTwice(receiver: Omit<ReceiverInput, 'id'>): Promise<string> {
		const { connectionString } = database;
		const options: PushedToOptions = {
			store: { kind: 'postgres', connectionString, schema: database.newSchema() },
			receiver: { id: 'r1', ...receiver },
		};
		child = startChild('pushed-to.ts', [JSON.stringify(options)]);
		const [, port] = (await child.waitFor('listens ')).split(' ');
		store = await openStore(options.store);
		pipeline = await openPipeline({ store });
		await pipeline.attachReceiver(options.receiver, [{ config: anExportInput() }], HOLDER).ready;
		return `http://127.0.0.1:${port}/in`;
	}

	const accept = async (request: Parameters<typeof aPush>[0]) => {
		const answer = await pipeline?.accept('r1', aPush(request));
		return [answer?.status, Object.keys(JSON.parse(answer?.body ?? '{}') as object)[0]];
	};

	it('tells a copy of what the other one has stored from what its producer sends once more', async () => {
		const url = await attachTwice({ auth: [TIMED], dedupe: [{ keyPath: 'a', windowMs: 60_000 }] });
		const signed = async (now: number) => {
			const body = Buffer.from('{"a":1}');
			const headers = await signRequest({ method: 'POST', url, body, now }, [TIMED]);
			return { body, headers: { 'content-type': 'application/json', ...headers } };
		};
		const first = await signed(Date.now() - 2_000);
		const { status } = await fetch(url, { method: 'POST', ...first });
		assert.equal(status, 200);
		assert.deepEqual(await accept(first), [200, 'duplicate']);
		assert.deepEqual(await accept(await signed(Date.now())), [200, 'duplicate']);
		const { duplicates, replays } = pipeline?.held().receivers[0] ?? {};
		assert.deepEqual({ duplicates, replays }, { duplicates: 1, replays: 1 });
		assert.equal((await store?.peek('r1/main'))?.length, 1);
	});

	it('lets a secret in that the other one has not renewed, and ends the former one there, too', async () => {
		const url = await attachTwice({ auth: [IN_URL], formerUrlSecretMs: 0 });
		const push = async (secret: string) =>
			(await fetch(`${url}/${secret}`, { method: 'POST', body: '{}' })).status;
		assert.deepEqual([await push('first-s3cret-s3cret'), await push('wrong')], [200, 401]);
		const { urlSecret = '' } = (await pipeline?.renewUrlSecret('r1')) ?? {};
		assert.deepEqual(await accept({ path: '/in/first-s3cret-s3cret' }), [401, 'error']);
		await eventually('the other process asks for secrets', async () => {
			return (await push(urlSecret)) === 200;
		});
		assert.equal(await push('first-s3cret-s3cret'), 401);
	});
});
