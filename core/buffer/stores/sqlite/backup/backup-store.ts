import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../../../runtime/clock';
import type { Backup } from '../../../backup';
import { unpackError } from '../thrown-error';
import type { WorkerClient } from '../worker-client';
import { locateWorker } from '../worker-location';
import type { ThreadAnswer, ThreadTask } from '../protocol';
import { backupFailed } from './backup-failed';
import { UNVERIFIED } from './finish-backup';
import { prepareTarget } from './target';

/**
 * Makes a backup of an open store beside its work (S53). In turn: a directory beside the target takes the copy; the store's worker
 * copies the database, between its groups; a thread of its own verifies the copy; it gets its name. Killed in between, nothing has
 * that name.
 *
 * @throws ConfigError naming `directory`; BufferError ERR_BACKUP_FAILED, ERR_STORE_UNAVAILABLE
 */
export async function backupStore(
	client: WorkerClient,
	o: { readonly directory: unknown; readonly store: string; readonly clock: Clock },
): Promise<Backup> {
	const { directory, part, discard } = await prepareTarget(o.directory, o.store);
	try {
		const from = await client.call('copyDatabase', join(part, UNVERIFIED));
		const at = o.clock.now();
		const finished = await inThread({ task: 'finishBackup', part, directory, from, nowAt: at });
		return { directory, at, ...finished };
	} finally {
		await discard();
	}
}

/** Reading a whole store takes long: neither the host nor the store's worker waits for it. */
function inThread(task: ThreadTask): Promise<Omit<Backup, 'directory' | 'at'>> {
	const { path, execArgv } = locateWorker();
	return new Promise((resolve, reject) => {
		const worker = new Worker(path, { workerData: task, execArgv, name: 'sluice-backup' });
		worker.on('message', (answer: ThreadAnswer) => {
			if ('thrown' in answer) reject(unpackError(answer.thrown));
			else resolve(answer.value);
		});
		worker.on('error', (cause) => reject(backupFailed(`verifying it failed: ${cause.message}`)));
		worker.on('exit', () => reject(backupFailed('the thread that verified it ended')));
	});
}
