import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Core from '../../../core/index';
import { freePort } from '../../../scripts/host/free-port';
import { aPush, anExportInput, HOLDER, OPEN } from '../../support/pipeline-fixtures';

const require = createRequire(import.meta.url);

/** As scripts/build.mjs bundles core. */
async function copyOf(release: string, to: string): Promise<typeof Core> {
	await build({
		platform: 'node',
		format: 'cjs',
		target: 'node22',
		logLevel: 'error',
		bundle: true,
		entryPoints: {
			index: 'core/index.ts',
			'sqlite-worker': 'core/buffer/stores/sqlite/worker.ts',
		},
		external: ['pg-native'],
		define: { SLUICE_VERSION: JSON.stringify(release) },
		outdir: to,
	});
	return require(path.join(to, 'index.js')) as typeof Core;
}

describe('two releases of the package in one process', () => {
	let folder = '';
	let old: typeof Core;
	let oldAgain: typeof Core;
	let recent: typeof Core;

	before(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'sluice-releases-'));
		old = await copyOf('1.2.3', path.join(folder, 'old'));
		oldAgain = await copyOf('1.2.3', path.join(folder, 'again'));
		recent = await copyOf('1.3.0', path.join(folder, 'recent'));
	});
	after(() => rm(folder, { recursive: true, force: true }));

	it('have a pipeline each, and copies of one release the same', async () => {
		const stores = [];
		for (const core of [old, oldAgain, recent]) {
			const store = await core.openStore({ kind: 'memory', name: 'shared' });
			stores.push({ store, pipeline: await core.openPipeline({ store }) });
		}
		const [first, second, third] = stores.map(({ pipeline }) => pipeline);
		const attach = (pipeline: Core.Pipeline | undefined) =>
			pipeline?.attachReceiver({ id: 'r1', auth: OPEN }, [{ config: anExportInput() }], HOLDER);
		await attach(first)?.ready;
		assert.equal(second?.hasReceiver('r1'), true);
		assert.equal(third?.hasReceiver('r1'), false);
		await attach(third)?.ready;
		for (const pipeline of [first, second, third])
			assert.equal((await pipeline?.accept('r1', aPush()))?.status, 200);
		const waiting = [];
		for (const { store } of stores) waiting.push((await store.peek('r1/main')).length);
		assert.deepEqual(waiting, [2, 2, 1]);
		for (const { pipeline } of stores) await pipeline.close();
		for (const { store } of stores) await store.close();
	});

	it('refuse the directory of the other by its release, and take it once that has closed', async () => {
		const place = { kind: 'sqlite', directory: path.join(folder, 'store') } as const;
		const first = await old.openStore(place);
		const second = await oldAgain.openStore(place);
		assert.equal(second.id, first.id);
		await second.close();
		await assert.rejects(recent.openStore(place), (error: Core.CoreError) => {
			assert.equal(error.code, 'ERR_STORE_OWNED');
			assert.match(error.message, /owned by release 1\.2\.3 .* loaded beside 1\.3\.0/);
			return error instanceof recent.CoreError && !(error instanceof old.CoreError);
		});
		await first.close();
		await (await recent.openStore(place)).close();
	});

	it('share no port, and copies of one release do', async () => {
		const port = await freePort();
		const listeners = [await old.createListener({ port }), await oldAgain.createListener({ port })];
		await assert.rejects(recent.createListener({ port }), {
			code: 'ERR_CONFIG_INVALID',
			message: /EADDRINUSE/,
		});
		for (const listener of listeners) await listener.close();
		await (await recent.createListener({ port })).close();
	});
});
