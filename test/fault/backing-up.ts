/** Opens a store, says so, and begins a backup of it: backup.test.ts kills this process somewhere in it. */
import { openStore } from '../../core/buffer/open-store';

async function run(directory: string, target: string): Promise<void> {
	const store = await openStore({ kind: 'sqlite', directory });
	console.log('begun');
	await store.backup(target);
	console.log('made');
	await store.close();
}

void run(process.argv[2] ?? '', process.argv[3] ?? '');
