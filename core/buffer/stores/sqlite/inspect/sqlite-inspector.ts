import { realpathSync } from 'node:fs';
import { BufferError } from '../../../../errors';
import { systemClock } from '../../../../runtime/clock';
import type {
	Finding,
	InspectedRow,
	RowState,
	StoreInspector,
	StoreSummary,
	VerifyReport,
} from '../../../inspect/store-inspector';
import { findUnreadable } from './find-unreadable';
import { openUntouched, type Untouched } from './open-untouched';
import { readFailed, toReason } from './read-failed';
import { readingEngine } from './reading-engine';
import { salvageCopy } from './salvaged-copy';
import { summarizeStore } from './summarize-store';
import { verifyDatabase } from './verify-database';
import { walkRows } from './walk-rows';

/** A sqlite store that nobody owns, seen from outside (S54). */
export class SqliteInspector implements StoreInspector {
	readonly #directory: string;
	/** An error where SQLite cannot even open it: no host can either, and so nobody has it. */
	readonly #untouched: Untouched | BufferError;
	#isClosed = false;

	private constructor(directory: string, untouched: Untouched | BufferError) {
		this.#directory = directory;
		this.#untouched = untouched;
	}

	/** @throws as `openInspector` */
	static open(directory: string): SqliteInspector {
		try {
			const untouched = openUntouched(directory);
			return new SqliteInspector(untouched.directory, untouched);
		} catch (error) {
			if (!(error instanceof BufferError) || error.code !== 'ERR_STORE_CORRUPT') throw error;
			return new SqliteInspector(realpathSync(directory), error);
		}
	}

	async summary(): Promise<StoreSummary> {
		return this.#reading((untouched) => summarizeStore(untouched, systemClock.now()));
	}

	async verify(): Promise<VerifyReport> {
		return this.#reading((untouched) => verifyDatabase(untouched, systemClock.now()));
	}

	/** Where SQLite cannot read everything, of a copy that was read page by page: it would give up at the first page. */
	async *rows(
		states: readonly RowState[],
		onDamage: (finding: Finding) => void,
	): AsyncGenerator<InspectedRow[]> {
		try {
			const source = this.#findSource();
			if (typeof source === 'string') yield* this.#salvagedRows(source, states, onDamage);
			else yield* walkRows(readingEngine(source, systemClock.now()), states, onDamage);
		} catch (error) {
			throw readFailed(this.#directory, error);
		}
	}

	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		if (!(this.#untouched instanceof BufferError)) this.#untouched.close();
	}

	/** @returns what is wrong, where SQLite cannot read everything */
	#findSource(): Untouched | string {
		const untouched = this.#untouched;
		if (untouched instanceof BufferError) return toReason(untouched.cause ?? untouched);
		return findUnreadable(untouched) ?? untouched;
	}

	#reading<T>(read: (untouched: Untouched) => T): T {
		if (this.#untouched instanceof BufferError) throw this.#untouched;
		try {
			return read(this.#untouched);
		} catch (error) {
			throw readFailed(this.#directory, error);
		}
	}

	*#salvagedRows(
		why: string,
		states: readonly RowState[],
		onDamage: (finding: Finding) => void,
	): Generator<InspectedRow[]> {
		const nowAt = systemClock.now();
		const copy = salvageCopy(this.#directory, nowAt);
		try {
			const message = `SQLite cannot read all of the store (${why}); its rows are read page by page`;
			onDamage({ rule: 'S49', message });
			for (const { exportId, missing } of copy.exports) {
				if (missing === 0) continue;
				onDamage({ rule: 'S49', exportId, message: `${missing} rows are in damaged pages` });
			}
			yield* walkRows(readingEngine(copy, nowAt), states, onDamage);
		} finally {
			copy.close();
		}
	}
}
