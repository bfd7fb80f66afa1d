import { walkDocuments, type Documents } from '../../../buffer/documents';
import { describeThrown } from '../../../describe-thrown';
import { CoreError } from '../../../errors';
import { showInstant } from '../../../pure/show-instant';
import type { Clock } from '../../../runtime/clock';
import { newSecret } from '../../../runtime/ids';
import type { Logger } from '../../../runtime/logger';
import { doWork, type WorkPorts } from './do-work';
import {
	endsAt,
	lockOf,
	task as taskSchema,
	TASK_FORMAT,
	TASKS,
	type Task,
	type Work,
} from './task';

/** K43. */
const TIMEOUT_MS = 300_000;

export interface TaskPorts extends WorkPorts {
	readonly documents: Documents;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** Tasks of one process; a store has one that serves its API. */
export class Tasks {
	readonly #ports: TaskPorts;
	readonly #running = new Map<string, Promise<void>>();
	readonly #closing = new AbortController();

	constructor(ports: TaskPorts) {
		this.#ports = ports;
	}

	/** Goes on with what a process that ended has left. @throws what the store says */
	async resume(): Promise<void> {
		for await (const { task, revision } of this.#all()) {
			if (task.work) this.#run(task, task.work, { revision, isResumed: true });
		}
	}

	/**
	 * Puts a task on disk and begins it.
	 *
	 * @throws CoreError ERR_TASK_RUNNING where the same is being done; what the store says
	 */
	async start(work: Work): Promise<Task> {
		const { documents, clock } = this.#ports;
		const lock = lockOf(work);
		if (this.#running.has(lock)) {
			throw new CoreError('ERR_TASK_RUNNING', 'the same is being done; wait until it is finished');
		}
		const createdAt = clock.now();
		const task: Task = {
			format: TASK_FORMAT,
			id: `${lock.slice(work.project.length + 1)}/${showInstant(createdAt)}_${newSecret(5)}`,
			project: work.project,
			type: work.type,
			receiverId: work.receiverId,
			...('exportId' in work ? { exportId: work.exportId } : {}),
			status: 'processing',
			createdAt,
			work,
		};
		const put = documents.put(TASKS, keyOf(task), task, { ifRevision: 0 });
		// From here on, since two may ask in the same turn.
		this.#running.set(
			lock,
			put.then(() => {}),
		);
		try {
			const revision = await put;
			this.#run(task, work, { revision, isResumed: false });
			return task;
		} catch (error) {
			this.#running.delete(lock);
			throw error;
		}
	}

	/** @throws CoreError ERR_TASK_UNKNOWN */
	async get(project: string, id: string): Promise<Task> {
		const found = await this.#ports.documents.get(TASKS, keyOf({ project, id }));
		const { data: task } = taskSchema.safeParse(found?.value);
		if (task && this.#ports.clock.now() < endsAt(task)) return task;
		throw new CoreError('ERR_TASK_UNKNOWN', `task ${JSON.stringify(id)} not found in the project`);
	}

	/** Waits for what runs; what cannot end now goes on at the next start. Idempotent. */
	async close(): Promise<void> {
		this.#closing.abort();
		await Promise.allSettled(this.#running.values());
	}

	#run(task: Task, work: Work, how: { revision: number; isResumed: boolean }): void {
		const lock = lockOf(work);
		const done = this.#do(task, work, how)
			.catch((error: unknown) => {
				this.#ports.logger.error(`the task ${task.id} is not finished: ${describeThrown(error)}`);
			})
			.finally(() => this.#running.delete(lock));
		this.#running.set(lock, done);
	}

	async #do(
		{ work: _, ...task }: Task,
		work: Work,
		{ revision, isResumed }: { revision: number; isResumed: boolean },
	): Promise<void> {
		const { documents, clock, logger } = this.#ports;
		const { signal: closing } = this.#closing;
		const timeout = AbortSignal.timeout(TIMEOUT_MS);
		const signal = AbortSignal.any([closing, timeout]);
		let error: string | undefined;
		try {
			if (isResumed) logger.info(`the task ${task.id} goes on: the process before ended within it`);
			await doWork(work, this.#ports, { isResumed, signal, closing });
		} catch (thrown) {
			if (closing.aborted) return;
			error = timeout.aborted ? 'it took longer than 5 minutes' : messageOf(thrown);
			logger.warn(`the task ${task.id} failed: ${describeThrown(thrown)}`);
		}
		const ended: Task = {
			...task,
			status: error === undefined ? 'success' : 'error',
			finishedAt: clock.now(),
			...(error === undefined ? {} : { error }),
		};
		await documents.put(TASKS, keyOf(task), ended, { ifRevision: revision });
		await this.#forgetOld();
	}

	async #forgetOld(): Promise<void> {
		const now = this.#ports.clock.now();
		for await (const { task } of this.#all()) {
			if (!task.work && endsAt(task) <= now) await this.#ports.documents.remove(TASKS, keyOf(task));
		}
	}

	async *#all(): AsyncGenerator<{ readonly task: Task; readonly revision: number }> {
		for await (const found of walkDocuments(this.#ports.documents, TASKS)) {
			if ('damage' in found) continue;
			const { data: task } = taskSchema.safeParse(found.value);
			if (task) yield { task, revision: found.revision };
		}
	}
}

function messageOf(thrown: unknown): string {
	return thrown instanceof CoreError ? thrown.message : 'it failed here; the log says why';
}

function keyOf({ project, id }: Pick<Task, 'project' | 'id'>): string {
	return `${project}/${id}`;
}
