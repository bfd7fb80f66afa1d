import assert from 'node:assert/strict';
import fs, {
	mkdtempSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openStore } from '../../../../core/buffer/open-store';
import {
	salvageStore,
	setLogAside,
} from '../../../../core/buffer/stores/sqlite/salvage/salvage-store';
import { anExport, appendTexts, FakeClock } from '../../../conformance/store-fixtures';

/** Calls of the file system by which names come and go, and by which they get onto the disk. */
const WATCHED = ['linkSync', 'renameSync', 'rmSync', 'fsyncSync'] as const;

describe('what salvage does to names is on the disk before its next step (S51)', function () {
	// Which file a descriptor is of can be asked only there.
	if (process.platform !== 'linux') return;
	const originals = Object.fromEntries(WATCHED.map((name) => [name, fs[name]]));
	let directory = '';
	let steps: string[] = [];

	beforeEach(async () => {
		directory = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-order-')));
		const clock = new FakeClock();
		const store = await openStore({ kind: 'sqlite', directory, clock });
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a', 'b']);
		await store.close();
		steps = [];
		for (const name of WATCHED) {
			const watched = (...args: unknown[]) => {
				const [one, second] = args;
				const other = typeof second === 'string' ? second : one;
				const path = typeof one === 'number' ? readlinkSync(`/proc/self/fd/${one}`) : String(other);
				const place = relative(directory, path).replace(/store-[^.]*/, 'kept');
				// What SQLite's own temporary files are removed for says nothing.
				if (!place.startsWith('store.db.part')) steps.push(`${name} ${place || '.'}`);
				return Reflect.apply(originals[name] as (...all: unknown[]) => unknown, fs, args);
			};
			Object.assign(fs, { [name]: watched });
		}
	});
	afterEach(() => {
		Object.assign(fs, originals);
		rmSync(directory, { recursive: true });
	});

	it('of a damaged file', () => {
		const bytes = readFileSync(join(directory, 'store.db')).fill(0x55, 0, 4_096);
		writeFileSync(join(directory, 'store.db'), bytes);
		writeFileSync(join(directory, 'store.db-wal'), 'a log');
		salvageStore(directory, 0);
		assert.deepEqual(steps, [
			'linkSync quarantine/kept.db',
			'linkSync quarantine/kept.db-wal',
			'fsyncSync quarantine/kept.db.json',
			'fsyncSync quarantine',
			'renameSync store.db.salvaged',
			'fsyncSync .',
			'rmSync store.db-wal',
			'fsyncSync .',
			'renameSync store.db',
			'fsyncSync .',
		]);
	});

	it('of a log that is set aside', () => {
		writeFileSync(join(directory, 'store.db-wal'), 'a log');
		setLogAside(directory, 0);
		assert.deepEqual(steps, [
			'renameSync quarantine/kept.db-wal',
			'fsyncSync quarantine',
			'fsyncSync .',
		]);
	});
});
