/** Stores a row and then has nothing to do: worker-death.test.ts looks whether the process ends. */
import { openStore } from '../../core/buffer/open-store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, appendTexts } from '../conformance/store-fixtures';

async function run(directory: string, what: string): Promise<void> {
	const store = await openStore({ kind: 'sqlite', directory });
	await store.putExport(anExport());
	await appendTexts(store, systemClock, ['a']);
	console.log('stored');
	if (what !== 'close') return;
	await store.close();
	console.log('closed');
}

void run(process.argv[2] ?? '', process.argv[3] ?? '');
