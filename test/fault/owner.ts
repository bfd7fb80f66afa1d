/**
 * Opens the store of a directory, says so, and holds it until it is killed, or says why it was refused: the other process of
 * tests about ownership.
 */
import { openStore } from '../../core/buffer/open-store';
import { anExport } from '../conformance/store-fixtures';

async function own(directory: string): Promise<void> {
	const store = await openStore({ kind: 'sqlite', directory });
	await store.putExport(anExport());
	console.log(`owned ${process.pid}`);
	setInterval(() => {}, 1_000);
}

own(process.argv[2] ?? '').catch((error: { code?: string }) => {
	console.log(`refused ${error.code}`);
});
