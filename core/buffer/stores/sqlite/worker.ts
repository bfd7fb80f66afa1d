import { parentPort, workerData } from 'node:worker_threads';
import { GroupRunner } from './group-runner';
import type { RequestMessage, WorkerMessage, WorkerOptions } from './protocol';
import { packError } from './thrown-error';

/**
 * Entry of the worker thread that owns a sqlite store. The only place where node:sqlite runs: on the main thread each
 * fsync would stop the host's event loop (S8). The build makes a bundle of this file, `sqlite-worker.js`.
 */
filterWarning();
if (parentPort !== null) {
	const port = parentPort;
	const post = (message: WorkerMessage, transfer: ArrayBuffer[] = []) =>
		port.postMessage(message, transfer);
	try {
		const runner = new GroupRunner(workerData as WorkerOptions, post);
		port.on('message', (message: RequestMessage) => runner.enqueue(message));
		post({ kind: 'opened', storeId: runner.storeId });
	} catch (error) {
		post({ kind: 'failed', thrown: packError(error) });
	}
}

/** S7: the one warning that node:sqlite gives before Node 24.15; all others stay. */
function filterWarning(): void {
	const emitWarning = process.emitWarning.bind(process);
	process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
		const text = typeof warning === 'string' ? warning : warning.message;
		if (text.includes('SQLite is an experimental feature')) return;
		Reflect.apply(emitWarning, process, [warning, ...rest]);
	};
}
