import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { filterWarning } from '../../../buffer/stores/sqlite/filter-warning';
import { FileLoader } from './file-loader';
import type { FromWorker, TableWorkerOptions, ToWorker } from './protocol';

/**
 * Entry of the worker thread that loads into a database file: on the main thread each of its transactions would stop the host. The
 * build makes a bundle of this file, `table-worker.js`.
 */
filterWarning();
if (parentPort !== null) serve(parentPort, (workerData as TableWorkerOptions).file);

function serve(port: MessagePort, file: string): void {
	const loader = new FileLoader(file, (message: FromWorker) => port.postMessage(message));
	port.on('message', (message: ToWorker) => loader.take(message));
}
