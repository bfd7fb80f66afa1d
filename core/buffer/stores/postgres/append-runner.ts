import { BufferError, CoreError } from '../../../errors';
import type { AppendAnswer, AppendRequest, Row } from '../../store';
import { checkBytes, rowsOf } from '../append-request';
import { RETRY_AFTER_MS } from '../defaults';
import { latestLength } from '../latest-codec';
import { encodedLength } from '../row-codec';
import { appendGroup } from './append';
import type { Engine, Transaction } from './engine';
import type { PostgresLimits } from './check-options';

/** pg brings a row back as hexadecimal text, and there is no text of more than 512 MB. */
const MAX_ROW_BYTES = 64 * 1024 ** 2;

interface Waiting {
	readonly request: AppendRequest;
	readonly rowCount: number;
	readonly bytes: number;
	readonly resolve: (answer: AppendAnswer) => void;
	readonly reject: (error: unknown) => void;
}

/**
 * Group commit without a timer (S21): what is appended while a transaction runs is the next one. A transaction that fails
 * rejects its whole group (I16).
 */
export class AppendRunner {
	readonly #engine: Engine;
	readonly #limits: PostgresLimits;
	readonly #transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
	#waiting: Waiting[] = [];
	#bytesInFlight = 0;
	#isRunning = false;

	constructor(
		engine: Engine,
		limits: PostgresLimits,
		transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
	) {
		this.#engine = engine;
		this.#limits = limits;
		this.#transaction = transaction;
	}

	/** @throws BufferError when the events cannot be taken */
	async append(request: AppendRequest): Promise<AppendAnswer> {
		const { rowCount, bytes } = measure(request);
		const { maxBytesInFlight, maxGroupBytes } = this.#limits;
		checkBytes(request, bytes, maxGroupBytes);
		// A request larger than the limit may go alone.
		if (this.#bytesInFlight > 0 && this.#bytesInFlight + bytes > maxBytesInFlight) {
			throw new BufferError(
				'ERR_BUFFER_FULL',
				`${this.#bytesInFlight} bytes wait for the database, limits.maxBytesInFlight is ${maxBytesInFlight}`,
				{ retryAfterMs: RETRY_AFTER_MS },
			);
		}
		return new Promise((resolve, reject) => {
			this.#waiting.push({ request, rowCount, bytes, resolve, reject });
			this.#bytesInFlight += bytes;
			if (!this.#isRunning) void this.#run();
		});
	}

	async #run(): Promise<void> {
		this.#isRunning = true;
		// After all requests that this turn of the loop has read.
		await new Promise((resolve) => setImmediate(resolve));
		while (this.#waiting.length > 0) await this.#runGroup(this.#takeGroup());
		this.#isRunning = false;
	}

	/** Within the caps of one group (S22). */
	#takeGroup(): Waiting[] {
		const { maxGroupRows, maxGroupBytes } = this.#limits;
		let rows = 0;
		let bytes = 0;
		let count = 0;
		for (const one of this.#waiting) {
			rows += one.rowCount;
			bytes += one.bytes;
			if (count > 0 && (rows > maxGroupRows || bytes > maxGroupBytes)) break;
			count++;
		}
		return this.#waiting.splice(0, count);
	}

	async #runGroup(group: readonly Waiting[]): Promise<void> {
		try {
			const requests = group.map(({ request }) => request);
			const { maxStoreBytes } = this.#limits;
			const answers = await this.#transaction((tx) =>
				appendGroup(this.#engine, tx, requests, maxStoreBytes),
			);
			for (const [index, { resolve, reject }] of group.entries()) {
				const answer = answers[index];
				if (answer === undefined || answer instanceof CoreError) reject(answer);
				else resolve(answer);
			}
		} catch (error) {
			for (const { reject } of group) reject(error);
		} finally {
			for (const { bytes } of group) this.#bytesInFlight -= bytes;
		}
	}
}

/** @throws BufferError ERR_BUFFER_FULL for a row that the database does not take */
function measure({ events }: AppendRequest): { rowCount: number; bytes: number } {
	let rowCount = 0;
	let bytes = 0;
	for (const event of events) {
		for (const row of rowsOf(event)) {
			const length = encodedLength(row);
			if (length > MAX_ROW_BYTES) throw tooLarge(row, length);
			rowCount++;
			bytes += length;
		}
		if (event.latest !== undefined) bytes += latestLength(event.latest);
	}
	return { rowCount, bytes };
}

function tooLarge({ exportId }: Row, length: number): BufferError {
	return new BufferError(
		'ERR_BUFFER_FULL',
		`a row of ${exportId} has ${length} bytes, a PostgreSQL store takes at most ${MAX_ROW_BYTES}`,
		{ details: { exportId, length }, retryable: false },
	);
}
