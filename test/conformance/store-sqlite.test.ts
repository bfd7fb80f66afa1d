import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../core/buffer/open-store';
import { storeSuite } from './store-suite';

const directories: string[] = [];

storeSuite('sqlite', async (clock) => {
	const directory = await mkdtemp(join(tmpdir(), 'sluice-store-'));
	directories.push(directory);
	return openStore({ kind: 'sqlite', directory, clock });
});

after(async () => {
	for (const directory of directories) await rm(directory, { recursive: true, force: true });
});
