/** Opens and closes the store of a directory, and prints what came of it: the child of tests about rights. */
import { openStore } from '../../core/buffer/open-store';

async function openOnce(directory: string): Promise<void> {
	try {
		await (await openStore({ kind: 'sqlite', directory })).close();
		console.log(JSON.stringify({ code: 'opened', message: '' }));
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		console.log(JSON.stringify({ code, message }));
	}
}

void openOnce(process.argv[2] ?? '');
