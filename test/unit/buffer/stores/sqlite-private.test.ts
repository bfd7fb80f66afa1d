import assert from 'node:assert/strict';
import {
	chmodSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../../core/buffer/open-store';
import { makePrivate } from '../../../../core/buffer/stores/sqlite/private-files';
import { anExport, appendTexts, FakeClock } from '../../../conformance/store-fixtures';

const MB = 1024 ** 2;

describe('files of a sqlite store', function () {
	if (process.platform === 'win32') return;
	let parent = '';
	let directory = '';
	let umask = 0;
	const clock = new FakeClock();

	beforeEach(() => {
		umask = process.umask(0);
		parent = mkdtempSync(join(tmpdir(), 'sluice-private-'));
		directory = join(parent, 'above', 'store');
	});
	afterEach(() => {
		process.umask(umask);
		rmSync(parent, { recursive: true });
	});

	const modes = (path = directory): Record<string, string> => {
		const found: Record<string, string> = { '.': modeOf(path) };
		for (const name of readdirSync(path, { recursive: true }) as string[]) {
			found[name] = modeOf(join(path, name));
		}
		return found;
	};
	const modeOf = (path: string) => {
		const { mode } = statSync(path);
		return (mode & 0o777).toString(8);
	};
	const assertPrivate = (path = directory) => {
		for (const [name, mode] of Object.entries(modes(path))) {
			const isDirectory = statSync(join(path, name)).isDirectory();
			assert.equal(mode, isDirectory ? '700' : '600', name);
		}
	};
	const open = (limits = {}) => openStore({ kind: 'sqlite', directory, clock, limits });

	it('are the user’s alone, whatever the umask is', async () => {
		const store = await open({ ballastBytes: 1 * MB, minFreeBytes: 0 });
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a'.repeat(2 * MB)]);
		// The ballast is written when nothing else is to do.
		for (let times = 0; times < 1_000 && !readdirSync(directory).includes('ballast.bin'); times++) {
			await store.stats();
		}
		assert.deepEqual(readdirSync(directory).sort(), [
			'ballast.bin',
			'owner.json',
			'store.db',
			'store.db-wal',
			'store.wit',
		]);
		assertPrivate(join(parent, 'above'));
		await store.close();
		assertPrivate(join(parent, 'above'));
	});

	it('are it also where a damaged store was made anew, in quarantine too', async () => {
		const store = await open();
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a', 'b']);
		await store.close();
		writeFileSync(join(directory, 'store.db'), Buffer.concat([Buffer.alloc(100), read(directory)]));
		const copy = join(parent, 'copy');
		cpSync(directory, copy, { recursive: true });
		writeFileSync(join(copy, 'store.db'), read(directory).subarray(100).fill(0, 0, 4_096));
		directory = copy;
		const again = await open();
		assert.ok(readdirSync(directory).includes('quarantine'));
		assertPrivate();
		await again.close();
		assertPrivate();
	});

	it('become it where an earlier release, a copy or a hand made them others', async () => {
		await (await open()).close();
		mkdirSync(join(directory, 'quarantine', 'locked'), { recursive: true, mode: 0o777 });
		writeFileSync(join(directory, 'quarantine', 'export-1-1.bin'), 'rows', { mode: 0o666 });
		chmodSync(directory, 0o755);
		for (const name of ['store.db', 'store.wit']) chmodSync(join(directory, name), 0o644);
		const store = await open();
		assertPrivate();
		await store.close();
	});

	it('say nothing of what others keep in the same directory', async () => {
		await (await open()).close();
		chmodSync(directory, 0o755);
		writeFileSync(join(directory, 'notes.txt'), 'of somebody else', { mode: 0o644 });
		chmodSync(join(directory, 'store.db'), 0o644);
		await (await open()).close();
		assert.deepEqual(modes(), {
			'.': '755',
			'notes.txt': '644',
			'store.db': '600',
			'store.wit': '600',
		});
	});

	it('are told where they cannot be made the user’s alone; links are left as they are', () => {
		mkdirSync(directory, { recursive: true });
		writeFileSync(join(parent, 'elsewhere'), '', { mode: 0o644 });
		symlinkSync(join(parent, 'elsewhere'), join(directory, 'store.db'));
		assert.equal(makePrivate(directory), undefined);
		assert.equal(modeOf(join(parent, 'elsewhere')), '644');
		assert.match(makePrivate(join(parent, 'absent')) ?? '', /others may be able to read.*ENOENT/);
	});
});

function read(directory: string): Buffer {
	return readFileSync(join(directory, 'store.db'));
}
