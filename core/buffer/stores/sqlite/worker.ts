import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { finishBackup } from './backup/finish-backup';
import { filterWarning } from './filter-warning';
import { GroupRunner } from './group-runner';
import type {
	RequestMessage,
	ThreadAnswer,
	ThreadTask,
	WorkerMessage,
	WorkerOptions,
} from './protocol';
import { packError } from './thrown-error';

/**
 * Entry of the worker thread that owns a sqlite store, and of one that verifies a backup. The only place where node:sqlite runs: on the main thread each
 * fsync would stop the host's event loop (S8). The build makes a bundle of this file, `sqlite-worker.js`.
 *
 * Files (S9): store.db and its WAL, store.wit (witness), owner.json (for messages), ballast.bin, quarantine/.
 *
 * A row: waits (its seq is at or above claim_seq) → is in a batch (a part names it) → settled (its chunk counts one less).
 * A batch: open, leased or waiting for next_at → gone (ack) | dead → open again as a new batch (replay) | gone (purge).
 *
 * A crash before COMMIT has been synced: nothing of the group happened, and nobody was answered. Between COMMIT and witness: the
 * witness is behind, which is normal. Between witness and answers: stored but not acknowledged; the producer's key (S39) or the
 * sink's (S36) makes a repetition harmless. After a claim: its lease ends at the next open, and the batch comes again (S30).
 */
filterWarning();
if (parentPort !== null) {
	const port = parentPort;
	const started = workerData as WorkerOptions | ThreadTask;
	if ('task' in started) doTask(started, port);
	else openStore(started, port);
}

function doTask(task: ThreadTask, port: MessagePort): void {
	const post = (answer: ThreadAnswer) => port.postMessage(answer);
	try {
		post({ value: finishBackup(task) });
	} catch (error) {
		post({ thrown: packError(error) });
	}
}

function openStore(options: WorkerOptions, port: MessagePort): void {
	const post = (message: WorkerMessage, transfer: ArrayBuffer[] = []) =>
		port.postMessage(message, transfer);
	try {
		const runner = new GroupRunner(options, post);
		port.on('message', (message: RequestMessage) => runner.enqueue(message));
		post({ kind: 'opened', storeId: runner.storeId });
	} catch (error) {
		post({ kind: 'failed', thrown: packError(error) });
	}
}
