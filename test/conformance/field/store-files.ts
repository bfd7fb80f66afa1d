import assert from 'node:assert/strict';
import {
	chmodSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../core/buffer/open-store';
import { checkLimits } from '../../../core/buffer/stores/sqlite/check-options';
import { Housekeeper } from '../../../core/buffer/stores/sqlite/housekeeper';
import { openFailed } from '../../../core/buffer/stores/sqlite/open-failed';
import { systemReason } from '../../../core/runtime/system-reason';
import { runWithoutPrivileges } from '../../support/fewer-rights';
import { anExport, appendTexts, FakeClock } from '../store-fixtures';
import type { FieldCase, FieldChecks } from './field-case';

/** Cases about the files, the disk and the opening of the embedded store; on real disks in test/fault/. */
export const storeFilesChecks: FieldChecks = {
	Q09f: inDirectory(async (directory, { input }) => {
		const clock = new FakeClock();
		const live = join(directory, 'live');
		const store = await openStore({ kind: 'sqlite', directory: live, clock });
		await store.putExport(
			anExport({ conditions: { count: 1_000, sizeBytes: 1e7, timeMs: 60_000 } }),
		);
		const count = Number(input['rows']);
		for (let index = 0; index < count; index++) await appendTexts(store, clock, [`row ${index}`]);
		const damages: Record<string, (path: string) => void> = {
			emptied: (path) => truncateSync(path),
			removed: (path) => rmSync(path),
		};
		for (const name of Object.keys(damages))
			cpSync(live, join(directory, name), { recursive: true });
		await store.close();
		for (const [name, damage] of Object.entries(damages)) {
			const copy = join(directory, name);
			damage(join(copy, 'store.db'));
			const again = await openStore({ kind: 'sqlite', directory: copy, clock });
			assert.equal((await again.counters())[0]?.rows, count, name);
			const kept = readdirSync(join(copy, 'quarantine'));
			assert.ok(
				kept.some((one) => one.endsWith('.db-wal')),
				name,
			);
			await again.close();
		}
	}),

	Q02c: inDirectory(async (parent) => {
		let directory = parent;
		while (directory.length < 1_200) directory = join(directory, 'x'.repeat(100));
		await assert.rejects(openStore({ kind: 'sqlite', directory }), /too long/);
	}),

	Q04: inDirectory((parent) => {
		const closed = join(parent, 'rootonly');
		mkdirSync(closed);
		chmodSync(closed, 0o000);
		const directory = join(closed, 's');
		const { message } = JSON.parse(runWithoutPrivileges('open-store-once.ts', [directory]));
		chmodSync(closed, 0o700);
		assert.match(message, /permission denied/);
		assert.ok(message.includes(directory));
	}),

	Q06: inDirectory((directory) => {
		const totalBytes = 128 * 1024 ** 2;
		let freeBytes = totalBytes;
		const measure = () => ({ freeBytes, totalBytes });
		const keeper = new Housekeeper({ directory, limits: checkLimits() }, () => {}, measure);
		keeper.measure();
		keeper.check();
		// Two thirds of it can be used.
		freeBytes = totalBytes / 3;
		keeper.measure();
		keeper.check();
		freeBytes = totalBytes / 5;
		keeper.measure();
		assert.match(keeper.refusal ?? '', /lower the space to keep free of the store/);
		const lower = checkLimits({ minFreeBytes: 1024 ** 2 });
		const lowered = new Housekeeper({ directory, limits: lower }, () => {}, measure);
		lowered.measure();
		lowered.check();
	}),

	Q07: () => {
		// What a read-only file system answers; test/fault/system-reasons.test.ts mounts one.
		const refused = Object.assign(new Error('EROFS: read-only file system, open'), {
			code: 'EROFS',
			syscall: 'open',
		});
		assert.match(systemReason(refused) ?? '', /read-only/);
		const { code, message } = openFailed('/data/store', undefined, refused);
		assert.equal(code, 'ERR_STORE_UNAVAILABLE');
		assert.match(message, /store \/data\/store cannot be opened: the file system is read-only/);
	},
};

function inDirectory(check: (directory: string, one: FieldCase) => void | Promise<void>) {
	return async (one: FieldCase) => {
		const directory = mkdtempSync(join(tmpdir(), 'sluice-field-'));
		try {
			await check(directory, one);
		} finally {
			rmSync(directory, { recursive: true, force: true });
		}
	};
}
