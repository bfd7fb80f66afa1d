import { Worker } from 'node:worker_threads';
import { locateWorker } from '../../../buffer/stores/sqlite/worker-location';
import type { LoadResult, RowSource, TableDatabase, TableLoad } from '../table-database';
import { TableFault } from '../table-fault';
import { FeedCredit } from './feed-credit';
import { packRows } from './packed-rows';
import type { FromWorker, TableWorkerOptions, ToWorker } from './protocol';

/** A worker that says nothing for so long, and twice the time of its statements, is ended. */
const SILENCE_MS = 60_000;
const CLOSE_TIMEOUT_MS = 5_000;

interface Waiter {
	readonly resolve: (result: LoadResult) => void;
	readonly reject: (fault: TableFault) => void;
	readonly credit: FeedCredit;
	readonly timeoutMs: number;
}

/** A database file, as the main thread sees it: its worker begins with the first load, and again after it died. */
export class SqliteDatabase implements TableDatabase {
	readonly #file: string;
	readonly #waiters = new Map<number, Waiter>();
	#worker: Worker | undefined;
	#silence: NodeJS.Timeout | undefined;
	#nextId = 1;

	constructor(file: string) {
		this.#file = file;
	}

	async load(load: TableLoad, rows: RowSource, signal: AbortSignal): Promise<LoadResult> {
		signal.throwIfAborted();
		const id = this.#nextId++;
		const credit = new FeedCredit();
		const { timeoutMs } = load;
		const answer = new Promise<LoadResult>((resolve, reject) => {
			this.#waiters.set(id, { resolve, reject, credit, timeoutMs });
		});
		// Whoever waits for it may have thrown before.
		answer.catch(() => {});
		const giveUp = (): void => {
			this.#post({ kind: 'abort', id });
			this.#settle(id)?.reject(new TableFault('aborted', 'the load was given up'));
		};
		signal.addEventListener('abort', giveUp, { once: true });
		try {
			this.#start();
			this.#post({ kind: 'load', id, load });
			await this.#feed(id, rows(), credit);
			return await answer;
		} catch (error) {
			if (this.#waiters.has(id)) giveUp();
			throw error;
		} finally {
			signal.removeEventListener('abort', giveUp);
		}
	}

	async close(): Promise<void> {
		const worker = this.#worker;
		if (worker === undefined) return;
		this.#worker = undefined;
		// A process that has nothing else to do would end before.
		worker.ref();
		const ended = new Promise((resolve) => worker.once('exit', resolve));
		const closed = new Promise<void>((resolve) => {
			worker.on('message', ({ kind }: FromWorker) => kind === 'closed' && resolve());
		});
		worker.postMessage({ kind: 'close' } satisfies ToWorker);
		await Promise.race([
			closed,
			ended,
			new Promise((r) => setTimeout(r, CLOSE_TIMEOUT_MS).unref()),
		]);
		await worker.terminate();
		this.#failAll('the database was closed');
	}

	/** A few slices ahead of the worker, and no more once it has answered. */
	async #feed(id: number, rows: ReturnType<RowSource>, credit: FeedCredit): Promise<void> {
		for await (const slice of rows) {
			await credit.take();
			if (credit.isOver) return;
			this.#post({ kind: 'rows', id, rows: packRows(slice) });
		}
		this.#post({ kind: 'end', id });
	}

	#start(): void {
		if (this.#worker === undefined) {
			const { path, execArgv } = locateWorker(
				'table-worker.js',
				'../../../sink/table/sqlite/table-worker.ts',
			);
			const workerData: TableWorkerOptions = { file: this.#file };
			const worker = new Worker(path, { workerData, execArgv, name: 'sluice-table' });
			this.#worker = worker;
			worker.on('message', (message: FromWorker) => this.#hear(message));
			worker.on('error', (error) => this.#lose(worker, error.message));
			worker.on('exit', () => this.#lose(worker, 'its thread ended'));
		}
		this.#worker.ref();
		this.#watch();
	}

	#hear(message: FromWorker): void {
		if (message.kind === 'more') this.#waiters.get(message.id)?.credit.give();
		else if (message.kind === 'done') this.#settle(message.id)?.resolve(message.result);
		else if (message.kind === 'failed') {
			const { kind, message: text } = message.fault;
			this.#settle(message.id)?.reject(new TableFault(kind, text));
		}
		this.#watch();
	}

	#settle(id: number): Waiter | undefined {
		const waiter = this.#waiters.get(id);
		this.#waiters.delete(id);
		waiter?.credit.end();
		if (this.#waiters.size === 0) this.#worker?.unref();
		return waiter;
	}

	/** For as long as anybody waits. */
	#watch(): void {
		clearTimeout(this.#silence);
		if (this.#waiters.size === 0) return;
		const longest = Math.max(...[...this.#waiters.values()].map(({ timeoutMs }) => timeoutMs));
		this.#silence = setTimeout(
			() => {
				const worker = this.#worker;
				if (worker === undefined) return;
				this.#lose(worker, 'its thread did not answer', 'timeout');
				// Not awaited: a thread in a call of the system ends when that does.
				worker.terminate().catch(() => {});
			},
			SILENCE_MS + 2 * longest,
		);
	}

	#lose(worker: Worker, why: string, kind: 'unavailable' | 'timeout' = 'unavailable'): void {
		if (this.#worker !== worker) return;
		this.#worker = undefined;
		this.#failAll(why, kind);
	}

	#failAll(why: string, kind: 'unavailable' | 'timeout' = 'unavailable'): void {
		for (const id of [...this.#waiters.keys()])
			this.#settle(id)?.reject(new TableFault(kind, `SQLite: ${why}`));
		this.#watch();
	}

	#post(message: ToWorker): void {
		this.#worker?.postMessage(message);
	}
}
