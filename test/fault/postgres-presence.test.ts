import assert from 'node:assert/strict';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { openToOperate } from '../../core/buffer/inspect/open-to-operate';
import type { Store } from '../../core/buffer/store';
import { move } from '../../core/operate/move/move';
import { takeSnapshot } from '../../core/operate/snapshot';
import { adopt } from '../../core/operate/verbs/adopt';
import { listOrphans, removeOrphan } from '../../core/operate/verbs/orphans';
import { PRESENCE } from '../../core/pipeline/presence';
import { openPipeline } from '../../core/pipeline/open-pipeline';
import { anExportInput, RecordingSink } from '../support/pipeline-fixtures';
import { eventually } from '../support/eventually';
import { usePostgres } from '../support/postgres';
import { openStore } from '../../core/buffer/open-store';
import { type Child, startChild } from './child';
import type { HolderOptions } from './holder';

const TOOL = join(__dirname, '../../dist/cli.js');

describe('who holds what of a shared store', function () {
	this.timeout(120_000);
	const database = usePostgres();
	const children: Child[] = [];
	let options: { kind: 'postgres'; connectionString: string; schema: string };
	let store: Store;

	beforeEach(async () => {
		const { connectionString } = database;
		options = { kind: 'postgres', connectionString, schema: database.newSchema() };
		// As a host has made it.
		await (await openStore(options)).close();
		store = await openToOperate(options);
	});
	afterEach(async () => {
		await Promise.all(children.splice(0).map(kill));
		await store.close();
	});

	async function hold(takes: readonly string[], adds: readonly string[] = []): Promise<Child> {
		const holder: HolderOptions = { store: options, takes, adds };
		const child = startChild('holder.ts', [JSON.stringify(holder)]);
		children.push(child);
		await child.waitFor('held');
		return child;
	}

	async function kill(child: Child): Promise<void> {
		child.process.kill('SIGKILL');
		await child.ended;
	}

	const orphans = async () => (await listOrphans({ store })).map(({ exportId }) => exportId);
	const nobodyHolds = (...ids: string[]) =>
		eventually(`${ids.join()} are orphans`, async () =>
			(await orphans()).toSorted().join() === ids.toSorted().join() ? true : undefined,
		);

	it('is known in another process, also beside a third one, for as long as the holder lives', async () => {
		const first = await hold(['a'], ['b']);
		await eventually('both are known', async () =>
			(await orphans()).length === 0 ? true : undefined,
		);
		const { exports } = await takeSnapshot({ store });
		assert.deepEqual(
			exports.map(({ exportId, taken, heldBy }) => [exportId, taken, heldBy]),
			[
				['items:a/main', 'yes', undefined],
				['items:b/main', 'no', undefined],
			],
		);
		assert.match(exports[0]?.heldElsewhere ?? '', new RegExp(`^${first.process.pid} on `));
		await hold(['b', 'c']);
		await eventually('somebody takes b', async () => {
			const { exports: now } = await takeSnapshot({ store });
			return now.find(({ exportId }) => exportId === 'items:b/main')?.taken === 'yes' || undefined;
		});
		await kill(first);
		await nobodyHolds('items:a/main');
		const present = await store.documents.list(PRESENCE);
		assert.equal(present.documents.length, 2, 'the killed one cannot take its document away');
		const third = await hold(['d']);
		await eventually('who comes later removes it', async () =>
			(await store.documents.list(PRESENCE)).documents.length === 2 ? true : undefined,
		);
		await kill(third);
		await nobodyHolds('items:a/main', 'items:d/main');
	});

	it('is not adopted, removed or moved, until the holder is gone', async () => {
		const child = await hold(['old', 'new']);
		const [from, to] = ['items:old/main', 'items:new/main'];
		await eventually('it is known', async () => (await orphans()).length === 0 || undefined);
		const isHeld = (error: Error & { code: string }) =>
			error.code === 'ERR_CONFIG_INVALID' &&
			error.message.includes(`held by process ${child.process.pid} on `);
		await assert.rejects(adopt({ store }, from, to), isHeld);
		await assert.rejects(removeOrphan({ store }, from, { confirm: 'all' }), isHeld);
		const other = await openStore({ kind: 'memory' });
		try {
			const open = async () => ({ store: other });
			await assert.rejects(move({ store }, open, { confirm: 'all' }), isHeld);
			const known = await store.getExport(from);
			assert.ok(known);
			await other.putExport(known);
			const here = async () => ({ store });
			await assert.rejects(move({ store: other }, here, { confirm: 'all' }), isHeld);
			await kill(child);
			await nobodyHolds(from, to);
			const moved = await move({ store }, open, { confirm: 'all' });
			assert.deepEqual('exports' in moved && moved.exports.map(({ exportId }) => exportId), [
				from,
				to,
			]);
			assert.deepEqual(await other.documents.collections(), [
				'definitions.attached',
				'definitions.exports',
			]);
		} finally {
			await other.close();
		}
	});

	it('is told by the tool: orphans are those that nobody holds', async () => {
		const child = await hold(['a', 'b']);
		const tool = (...args: string[]) => {
			const place = [options.connectionString, '--schema', options.schema];
			const { stdout, stderr, status } = spawnSync(
				process.execPath,
				[TOOL, 'store', ...args.slice(0, 1), ...place, ...args.slice(1)],
				{ encoding: 'utf8' },
			);
			return { stdout, stderr, status };
		};
		await eventually('it is known', async () => (await orphans()).length === 0 || undefined);
		assert.deepEqual(JSON.parse(tool('orphans').stdout), []);
		const refused = tool('remove', '--export', 'items:a/main', '--confirm', 'all');
		assert.match(refused.stderr, /"items:a\/main" is held by process \d+ on /);
		await kill(child);
		await nobodyHolds('items:a/main', 'items:b/main');
		assert.equal((JSON.parse(tool('orphans').stdout) as object[]).length, 2);
		const removed = tool('remove', '--export', 'items:a/main', '--confirm', 'all');
		assert.match(removed.stdout, /was removed, with 0 rows/);
	});

	it('is told again when the connection comes back, and no more when it is detached', async () => {
		const mine = await openStore({ ...options });
		const pipeline = await openPipeline({ store: mine });
		try {
			const attachment = pipeline.attachExport(
				{ config: anExportInput({ receiverId: 'items:a' }), ports: { sink: new RecordingSink() } },
				{ key: 'a', label: 'node a' },
			);
			await attachment.ready;
			const self = mine.peers?.self ?? '';
			const isTold = async () => {
				const found = (await store.documents.get(PRESENCE, self))?.value;
				const living = await store.peers?.living();
				return (
					(living?.has(self) && (found as { takes: string[] }).takes.length === 1) || undefined
				);
			};
			await eventually('it is told', isTold);
			await database.query(
				`SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objid = ${self}`,
			);
			await eventually('it is told again', isTold);
			await attachment.detach();
			await eventually('it is told no more', async () => ((await isTold()) ? undefined : true));
		} finally {
			await pipeline.close();
			await mine.close();
		}
	});
});
