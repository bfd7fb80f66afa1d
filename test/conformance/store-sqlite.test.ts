import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import { verifyStore } from '../fault/verify-store';
import { storeSuite } from './store-suite';

const directories: string[] = [];

storeSuite('sqlite', async (clock, logger) => {
	const directory = await mkdtemp(join(tmpdir(), 'sluice-store-'));
	directories.push(directory);
	return openStore({ kind: 'sqlite', directory, clock, logger });
});

describe('what the sqlite suite left on disk', () => {
	it('is whole, and counted right, after every one of its tests (I5, I10, I11)', () => {
		for (const directory of directories) verifyStore(directory);
	});
});

after(async () => {
	for (const directory of directories) await rm(directory, { recursive: true, force: true });
});
