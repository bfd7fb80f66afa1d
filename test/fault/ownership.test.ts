import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../core/buffer/open-store';
import { sqliteCode, SQLITE } from '../../core/buffer/stores/sqlite/connection';
import { type Child, startChild } from './child';

describe('ownership of a sqlite store (S77)', function () {
	this.timeout(120_000);
	let directory = '';
	let owner: Child | undefined;

	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'sluice-owner-'));
	});
	afterEach(async () => {
		owner?.process.kill('SIGKILL');
		await rm(directory, { recursive: true, force: true });
	});

	const startOwner = async () => {
		owner = startChild('owner.ts', [directory]);
		await owner.waitFor('owned');
		return owner;
	};

	it('is refused to a second process, naming the first, and free after its SIGKILL', async () => {
		const owning = await startOwner();
		await assert.rejects(
			openStore({ kind: 'sqlite', directory }),
			(error: { code?: string; message: string; details?: { pid?: unknown } }) =>
				error.code === 'ERR_STORE_OWNED' &&
				error.details?.pid === owning.process.pid &&
				error.message.includes(`process ${owning.process.pid} on host `),
		);
		owning.process.kill('SIGKILL');
		await owning.ended;
		assert.ok(existsSync(join(directory, 'owner.json')), 'the killed owner left its file');
		const store = await openStore({ kind: 'sqlite', directory });
		assert.equal((await store.listExports()).length, 1);
		await store.close();
	});

	it('waits up to 2 s for an owner that is closing (S12)', async () => {
		const owning = await startOwner();
		const opening = openStore({ kind: 'sqlite', directory });
		owning.process.kill('SIGKILL');
		await (await opening).close();
	});

	it('is refused to another connection of this process, a reading one too (S11)', async () => {
		const store = await openStore({ kind: 'sqlite', directory });
		for (const readOnly of [false, true]) {
			const other = new DatabaseSync(join(directory, 'store.db'), { readOnly });
			assert.throws(
				() => other.prepare('SELECT * FROM meta').all(),
				(error) => sqliteCode(error) === SQLITE.busy,
			);
			// Never closed: that would drop the locks of this process (S14).
		}
		await store.close();
	});

	it('does not depend on owner.json, however stale or broken', async () => {
		for (const text of ['{"pid":1,"host":"elsewhere"}', '{"pid":', '']) {
			writeFileSync(join(directory, 'owner.json'), text);
			const store = await openStore({ kind: 'sqlite', directory });
			await store.close();
		}
	});
});
