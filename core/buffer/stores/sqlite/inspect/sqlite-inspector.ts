import { realpathSync } from 'node:fs';
import { BufferError } from '../../../../errors';
import { systemClock } from '../../../../runtime/clock';
import type {
	Finding,
	InspectedDocument,
	InspectedLatest,
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
import { walkLatest } from './walk-latest';
import { walkDocuments } from './walk-documents';
import { walkRows } from './walk-rows';

type Source = Pick<Untouched, 'connection' | 'directory'>;

/** A sqlite store that nobody owns, seen from outside (S54). */
export class SqliteInspector implements StoreInspector {
	readonly #directory: string;
	/** An error where SQLite cannot even open it: no host can either, and so nobody has it. */
	readonly #untouched: Untouched | BufferError;
	/** What to read from: nothing changes while it is held. */
	#source: Untouched | string | undefined;
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
		yield* this.#readAny('its rows', onDamage, (source) =>
			walkRows(readingEngine(source, systemClock.now()), states, onDamage),
		);
	}

	async *documents(onDamage: (finding: Finding) => void): AsyncGenerator<InspectedDocument[]> {
		yield* this.#readAny('its documents', onDamage, ({ connection }) => walkDocuments(connection));
	}

	async *latest(onDamage: (finding: Finding) => void): AsyncGenerator<InspectedLatest[]> {
		yield* this.#readAny('its latest events', onDamage, ({ connection }) => walkLatest(connection));
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

	*#readAny<T>(
		what: 'its rows' | 'its documents' | 'its latest events',
		onDamage: (finding: Finding) => void,
		read: (source: Source) => Generator<T>,
	): Generator<T> {
		try {
			const source = (this.#source ??= this.#findSource());
			if (typeof source !== 'string') return yield* read(source);
			const copy = salvageCopy(this.#directory, systemClock.now());
			try {
				const message = `SQLite cannot read all of the store (${source}); ${what} are read page by page`;
				onDamage({ rule: 'S49', message });
				for (const { exportId, missing } of what === 'its rows' ? copy.exports : []) {
					if (missing === 0) continue;
					onDamage({ rule: 'S49', exportId, message: `${missing} rows are in damaged pages` });
				}
				yield* read(copy);
			} finally {
				copy.close();
			}
		} catch (error) {
			throw readFailed(this.#directory, error);
		}
	}
}
