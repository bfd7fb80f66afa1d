import { Worker } from 'node:worker_threads';
import { BufferError } from '../../../errors';
import type { Clock } from '../../../runtime/clock';
import type { Counters } from '../../store';
import { type AppendRequest, rowsOf } from '../append-request';
import { RETRY_AFTER_MS } from '../defaults';
import { storeClosed } from '../failures';
import { encodedLength } from '../row-codec';
import { readTime } from '../store-time';
import { callsOf, Outbox } from './outbox';
import type {
	Answers,
	Operation,
	OperationCall,
	Operations,
	WorkerMessage,
	WorkerOptions,
} from './protocol';
import { packError, unpackError } from './thrown-error';
import { locateWorker } from './worker-location';

interface Waiter {
	readonly resolve: (value: never) => void;
	readonly reject: (error: Error) => void;
	/** Bytes that an append holds in flight. */
	readonly bytes: number;
}

export interface ClientOptions extends Omit<WorkerOptions, 'reading'> {
	readonly clock: Clock;
	readonly warn: (message: string) => void;
}

const RESTART_MS = { first: 100, max: 5_000 } as const;
const CLOSE_DEADLINE_MS = 10_000;

/**
 * The main thread's end of a sqlite store: sends calls, matches answers, and starts the worker again when it dies. The host
 * lives on whatever happens to the worker, and is kept alive only while somebody waits for an answer.
 */
export class WorkerClient {
	readonly #options: ClientOptions;
	readonly #waiters = new Map<number, Waiter>();
	readonly #outbox = new Outbox();
	/** As of the last group that appended to them. */
	readonly #counters = new Map<string, Counters>();
	#worker: Worker | undefined;
	#nextId = 1;
	#bytesInFlight = 0;
	#isFlushPlanned = false;
	#restarts = 0;
	#isClosing = false;
	#storeId = '';

	private constructor(options: ClientOptions) {
		this.#options = options;
	}

	/** @throws CoreError when the store cannot be opened */
	static async start(options: ClientOptions): Promise<WorkerClient> {
		const client = new WorkerClient(options);
		await client.#startWorker();
		return client;
	}

	get storeId(): string {
		return this.#storeId;
	}

	call<Name extends Operation>(op: Name, args: Operations[Name][0]): Promise<Operations[Name][1]> {
		if (this.#isClosing) return Promise.reject(storeClosed());
		return this.#send(op, args);
	}

	/**
	 * Not a promise, but what settles one: each event of a busy receiver comes through here.
	 *
	 * @param resolve hears whether the event's key was known
	 * @throws CoreError when the event cannot be taken
	 */
	append(
		request: AppendRequest,
		resolve: (isDuplicate: boolean) => void,
		reject: (error: Error) => void,
	): void {
		if (this.#isClosing) throw storeClosed();
		if (this.#worker === undefined) throw workerGone();
		const byteLength = lengthOf(request);
		const { maxBytesInFlight } = this.#options.limits;
		// An event larger than the limit may go alone.
		if (this.#bytesInFlight > 0 && this.#bytesInFlight + byteLength > maxBytesInFlight) {
			throw new BufferError(
				'ERR_BUFFER_FULL',
				`${this.#bytesInFlight} bytes wait for the disk, limits.maxBytesInFlight is ${maxBytesInFlight}`,
				{ retryAfterMs: RETRY_AFTER_MS },
			);
		}
		const id = this.#wait({ resolve, reject, bytes: byteLength });
		this.#outbox.addAppend({ id, request, byteLength });
		this.#planFlush();
	}

	/** Of those that have any. */
	countersOf(exportIds: readonly string[]): Counters[] {
		const found: Counters[] = [];
		for (const exportId of exportIds) {
			const counters = this.#counters.get(exportId);
			if (counters !== undefined) found.push(counters);
		}
		return found;
	}

	/** Lets the worker finish its group and close; after the deadline ends it as it is (S18). */
	async close(): Promise<void> {
		if (this.#isClosing) return;
		this.#isClosing = true;
		const worker = this.#worker;
		if (worker === undefined) return;
		const timer = setTimeout(() => {
			this.#options.warn(`the store did not close within ${CLOSE_DEADLINE_MS} ms`);
			void worker.terminate();
		}, CLOSE_DEADLINE_MS);
		try {
			await this.#send('close', undefined);
		} catch (error) {
			this.#options.warn(`the store did not close well: ${String(error)}`);
		} finally {
			clearTimeout(timer);
			this.#worker = undefined;
			await worker.terminate();
		}
	}

	#send<Name extends Operation>(op: Name, args: Operations[Name][0]): Promise<Operations[Name][1]> {
		if (this.#worker === undefined) return Promise.reject(workerGone());
		return new Promise<Operations[Name][1]>((resolve, reject) => {
			const id = this.#wait({ resolve, reject, bytes: 0 });
			this.#outbox.add({ op, id, args } as OperationCall);
			this.#planFlush();
		});
	}

	#wait(waiter: Waiter): number {
		const id = this.#nextId++;
		this.#waiters.set(id, waiter);
		this.#bytesInFlight += waiter.bytes;
		if (this.#waiters.size === 1) this.#worker?.ref();
		return id;
	}

	#planFlush(): void {
		if (this.#isFlushPlanned) return;
		this.#isFlushPlanned = true;
		// After all requests that this turn of the loop has read.
		setImmediate(() => {
			this.#isFlushPlanned = false;
			this.#flush();
		});
	}

	#flush(): void {
		if (this.#worker === undefined || this.#outbox.isEmpty) return;
		const message = this.#outbox.take();
		const reading = readTime(this.#options.clock);
		const { buffer } = message.appends.bytes;
		try {
			this.#worker.postMessage({ ...message, reading }, [buffer as ArrayBuffer]);
		} catch (error) {
			// What cannot be cloned must not end the host from a timer.
			const failed = unpackError(packError(error));
			for (const { id } of callsOf(message)) this.#take(id)?.reject(failed);
		}
	}

	#startWorker(): Promise<void> {
		const { clock, warn, ...options } = this.#options;
		const { path, execArgv } = locateWorker();
		const workerData: WorkerOptions = { ...options, reading: readTime(clock) };
		const worker = new Worker(path, { workerData, execArgv, name: 'sluice-store' });
		return new Promise((resolve, reject) => {
			worker.on('message', (message: WorkerMessage) => {
				switch (message.kind) {
					case 'opened':
						this.#worker = worker;
						this.#storeId = message.storeId;
						this.#restarts = 0;
						if (this.#waiters.size === 0) worker.unref();
						resolve();
						break;
					case 'failed':
						void worker.terminate();
						reject(unpackError(message.thrown));
						break;
					case 'answers':
						this.#settle(message);
						break;
					case 'warning':
						warn(message.message);
						break;
				}
			});
			worker.on('error', (error) => warn(`the store's worker failed: ${error.message}`));
			worker.on('exit', (code) => {
				reject(workerGone());
				if (this.#worker === worker) this.#onExit(code);
			});
		});
	}

	#settle({ answers, stored, counters }: Answers): void {
		for (const counter of counters) this.#counters.set(counter.exportId, counter);
		for (const id of stored) this.#take(id)?.resolve(false as never);
		for (const answer of answers) {
			const waiter = this.#take(answer.id);
			if ('thrown' in answer) waiter?.reject(unpackError(answer.thrown));
			else waiter?.resolve(answer.value as never);
		}
	}

	#take(id: number): Waiter | undefined {
		const waiter = this.#waiters.get(id);
		if (waiter === undefined) return undefined;
		this.#waiters.delete(id);
		this.#bytesInFlight -= waiter.bytes;
		if (this.#waiters.size === 0) this.#worker?.unref();
		return waiter;
	}

	#onExit(code: number): void {
		this.#worker = undefined;
		if (!this.#outbox.isEmpty) this.#outbox.take();
		for (const waiter of this.#waiters.values()) waiter.reject(workerGone());
		this.#waiters.clear();
		this.#bytesInFlight = 0;
		if (this.#isClosing) return;
		this.#options.warn(`the store's worker ended with code ${code}; it is started again`);
		this.#planRestart();
	}

	#planRestart(): void {
		const delayMs = Math.min(
			RESTART_MS.max,
			RESTART_MS.first * 2 ** Math.min(10, this.#restarts++),
		);
		const restart = () => {
			if (this.#isClosing) return;
			this.#startWorker().catch((error: unknown) => {
				this.#options.warn(`the store's worker did not start: ${String(error)}`);
				this.#planRestart();
			});
		};
		setTimeout(restart, delayMs).unref();
	}
}

function workerGone(): BufferError {
	return new BufferError('ERR_STORE_UNAVAILABLE', 'the worker of the store ended', {
		retryAfterMs: RETRY_AFTER_MS,
	});
}

/** Bytes of an event's rows on their way to the worker. */
function lengthOf(request: AppendRequest): number {
	let length = 0;
	for (const row of rowsOf(request)) length += encodedLength(row);
	return length;
}
