import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLimits } from '../../../../core/buffer/stores/sqlite/check-options';
import { Connection } from '../../../../core/buffer/stores/sqlite/connection';
import { openEngine } from '../../../../core/buffer/stores/sqlite/open-engine';
import { Witness } from '../../../../core/buffer/stores/sqlite/witness';
import type { Counters, StoreStats } from '../../../../core/buffer/store';
import { anExport, aRow } from '../../../conformance/store-fixtures';
import { StoreInThread } from '../../../support/store-in-thread';

describe('a sqlite store under which something fails', () => {
	const { exec } = Connection.prototype;
	const { write } = Witness.prototype;
	let directory = '';

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-failing-'));
	});
	afterEach(() => {
		Object.assign(Connection.prototype, { exec });
		Object.assign(Witness.prototype, { write });
		rmSync(directory, { recursive: true });
	});

	const open = async () => {
		const store = new StoreInThread(directory);
		await store.call('putExport', anExport());
		const append = (text: string) =>
			store.append({ receiverId: 'receiver', events: [{ rows: [aRow(store.clock, text)] }] });
		const rows = async () => ((await store.call('counters')) as Counters[])[0]?.rows;
		const warnings = async () => ((await store.call('stats')) as StoreStats).warnings;
		return { store, append, rows, warnings };
	};
	/** The next statement that begins so fails as SQLite does. */
	const failOnce = (begin: string, errcode: number) => {
		Connection.prototype.exec = function (sql) {
			if (!sql.startsWith(begin)) return exec.call(this, sql);
			Connection.prototype.exec = exec;
			throw Object.assign(new Error('disk I/O error'), { errcode });
		};
	};
	const noRoom = () => {
		throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
	};

	it('says that what it committed is stored, although its witness cannot be written', async () => {
		const { store, append, rows } = await open();
		Witness.prototype.write = noRoom;
		await append('a');
		await append('b');
		assert.equal(await rows(), 2);
		assert.equal(
			store.warnings.filter((text) => text.includes('store.wit')).length,
			1,
			'told once',
		);
		Witness.prototype.write = write;
		await append('c');
		await store.call('close');
	});

	it('leaves no file open when it cannot be opened', async () => {
		const { store } = await open();
		await store.call('close');
		const witnesses = () => {
			const open = readdirSync('/proc/self/fd').map((name) => {
				try {
					return readlinkSync(`/proc/self/fd/${name}`);
				} catch {
					return '';
				}
			});
			return open.filter((path) => path.startsWith(directory)).length;
		};
		const options = {
			directory,
			limits: checkLimits({ ballastBytes: 0 }),
			durability: 'normal',
			reading: { wallAt: Date.now() },
		} as const;
		// The witness is ahead, so that opening writes.
		rmSync(join(directory, 'store.wit'));
		failOnce('BEGIN IMMEDIATE', 10);
		const voice = { warn() {}, keep() {} };
		assert.throws(() => openEngine(options, voice), /disk I\/O error/);
		assert.equal(witnesses(), 0);
	});

	it('does not promise that nothing was stored when a commit failed, and has no warning when it works again', async () => {
		const { store, append, rows, warnings } = await open();
		failOnce('COMMIT', 10);
		await assert.rejects(append('a'), /may or may not be stored/);
		await append('b');
		assert.equal(await rows(), 1);
		assert.deepEqual(await warnings(), [], 'all is well');
		assert.match(store.warnings.join('\n'), /disk I\/O error/);
		await store.call('close');
	});
});
