import { Worker } from 'node:worker_threads';
import { BufferError } from '../../../errors';
import type { Clock } from '../../../runtime/clock';
import type { AppendRequest, Counters } from '../../store';
import { bytesOf, checkBytes } from '../append-request';
import { RETRY_AFTER_MS } from '../defaults';
import { storeClosed } from '../failures';
import { readTime } from '../store-time';
import { encodeAppend } from './packed-appends';
import { packCalls } from './packed-calls';
import type {
	Answers,
	Call,
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
	/** How long `close` waits for the worker; default 10 s. */
	readonly closeDeadlineMs?: number;
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
	/** Calls of this turn of the event loop. */
	#outbox: Call[] = [];
	/** As of the last group that appended to them. */
	readonly #counters = new Map<string, Counters>();
	/** The open one. */
	#worker: Worker | undefined;
	/** The last that was started, open or not. */
	#thread: Worker | undefined;
	#restarting: Promise<void> | undefined;
	#nextId = 1;
	#bytesInFlight = 0;
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

	get directory(): string {
		return this.#options.directory;
	}

	call<Name extends Operation>(op: Name, args: Operations[Name][0]): Promise<Operations[Name][1]> {
		if (this.#isClosing) return Promise.reject(storeClosed());
		return this.#send(op, args);
	}

	/**
	 * Not a promise, but what settles one: each event of a busy receiver comes through here.
	 *
	 * @param resolve hears which keys of which events were known, or nothing where none was
	 * @throws CoreError when the events cannot be taken
	 */
	append(
		request: AppendRequest,
		resolve: (known: readonly (readonly number[])[] | undefined) => void,
		reject: (error: Error) => void,
	): void {
		if (this.#isClosing) throw storeClosed();
		if (this.#worker === undefined) throw workerGone();
		const { maxBytesInFlight, maxGroupBytes } = this.#options.limits;
		const bytes = bytesOf(request);
		checkBytes(request, bytes, maxGroupBytes);
		// A request larger than the limit may go alone.
		if (this.#bytesInFlight > 0 && this.#bytesInFlight + bytes > maxBytesInFlight) {
			throw new BufferError(
				'ERR_BUFFER_FULL',
				`${this.#bytesInFlight} bytes wait for the disk, limits.maxBytesInFlight is ${maxBytesInFlight}`,
				{ retryAfterMs: RETRY_AFTER_MS },
			);
		}
		this.#wait(encodeAppend(this.#nextId++, request, bytes), { resolve, reject, bytes });
	}

	/** Of what is seen here only. */
	warn(message: string): void {
		this.#options.warn(message);
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
		const { closeDeadlineMs = CLOSE_DEADLINE_MS, warn } = this.#options;
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<void>((resolve) => {
			timer = setTimeout(() => {
				warn(`the store did not close within ${closeDeadlineMs} ms`);
				// Not awaited: a thread in a call of the system, of a disk that does not answer, ends when that does.
				this.#thread?.terminate().catch(() => {});
				resolve();
			}, closeDeadlineMs);
		});
		await Promise.race([this.#closeWorker(), late]);
		clearTimeout(timer);
	}

	async #closeWorker(): Promise<void> {
		try {
			// One that is being started again may have the directory already.
			await this.#restarting;
			if (this.#worker !== undefined) await this.#send('close', undefined);
		} catch (error) {
			this.#options.warn(`the store did not close well: ${String(error)}`);
		} finally {
			this.#worker = undefined;
			await this.#thread?.terminate();
		}
	}

	#send<Name extends Operation>(op: Name, args: Operations[Name][0]): Promise<Operations[Name][1]> {
		if (this.#worker === undefined) return Promise.reject(workerGone());
		return new Promise<Operations[Name][1]>((resolve, reject) => {
			const id = this.#nextId++;
			// What cannot be cloned is refused here, where it takes no other call of the message with it.
			const call = { op, id, args: structuredClone(args) } as OperationCall;
			this.#wait(call, { resolve, reject, bytes: 0 });
		});
	}

	#wait(call: Call, waiter: Waiter): void {
		this.#waiters.set(call.id, waiter);
		this.#bytesInFlight += waiter.bytes;
		if (this.#waiters.size === 1) this.#worker?.ref();
		// After all requests that this turn of the loop has read.
		if (this.#outbox.push(call) === 1) setImmediate(() => this.#flush());
	}

	#flush(): void {
		const calls = this.#outbox;
		this.#outbox = [];
		if (this.#worker === undefined || calls.length === 0) return;
		const reading = readTime(this.#options.clock);
		try {
			const message = packCalls(calls);
			const { buffer } = message.appends.bytes;
			this.#worker.postMessage({ ...message, reading }, [buffer as ArrayBuffer]);
		} catch (error) {
			// Want of memory, above all; it must not end the host from here.
			const failed = unpackError(packError(error));
			for (const { id } of calls) this.#take(id)?.reject(failed);
		}
	}

	#startWorker(): Promise<void> {
		const { clock, warn, closeDeadlineMs: _, ...options } = this.#options;
		const { path, execArgv } = locateWorker();
		const workerData: WorkerOptions = { ...options, reading: readTime(clock) };
		return new Promise((resolve, reject) => {
			// Throws where no thread can be had.
			const worker = new Worker(path, { workerData, execArgv, name: 'sluice-store' });
			this.#thread = worker;
			worker.on('message', (message: WorkerMessage) => {
				switch (message.kind) {
					case 'opened':
						this.#worker = worker;
						this.#storeId = message.storeId;
						if (this.#waiters.size === 0) worker.unref();
						resolve();
						break;
					case 'failed':
						void worker.terminate();
						reject(unpackError(message.thrown));
						break;
					case 'answers':
						// Not when it opens: one that dies at its first group would be started without a pause.
						this.#restarts = 0;
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
		for (const id of stored) this.#take(id)?.resolve(undefined as never);
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
		this.#outbox = [];
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
			this.#restarting = this.#startWorker().catch((error: unknown) => {
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
