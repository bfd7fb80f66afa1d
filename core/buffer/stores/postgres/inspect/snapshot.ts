import { ConfigError } from '../../../../errors';
import { systemClock } from '../../../../runtime/clock';
import { checkSchema } from '../check-options';
import { Connection, type Query } from '../../../../postgres/connection';
import { checkConnectionString } from '../../../../postgres/connection-string';
import type { Engine } from '../engine';
import type { PostgresStoreOptions } from '../open-postgres-store';
import { otherFormat } from '../../failures';
import { FORMAT } from '../schema';
import { SERVER_NOW, StoreClock } from '../store-clock';
import { storeFailures } from '../store-failures';

/** Reading everything may take its time. */
const TIMEOUT_MS = 600_000;

/** The store as it stood at one instant, while others go on. */
export interface Snapshot {
	readonly query: Query;
	/** What the store's own readers need. */
	readonly engine: Engine;
	readonly meta: Meta;
}

export interface Meta {
	readonly store_id: string;
	readonly created_at: number;
	readonly format: number;
	readonly quarantined_rows: number;
	readonly now: number;
	readonly clock_offset_ms: number;
}

/** Reads a store that others may use meanwhile, changes nothing and makes none. */
export class SnapshotReader {
	readonly #connection: Connection;
	readonly #schema: string;

	/** @throws ConfigError */
	constructor(options: PostgresStoreOptions) {
		this.#schema = checkSchema(options.schema);
		this.#connection = new Connection({
			connectionString: checkConnectionString(options.connectionString, 'store.connectionString'),
			schema: this.#schema,
			timeoutMs: TIMEOUT_MS,
			failures: storeFailures,
			warn: () => {},
		});
	}

	/** @throws ConfigError where the schema holds no store; BufferError ERR_STORE_VERSION, ERR_STORE_UNAVAILABLE */
	read<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
		return this.#connection.transaction(async (query) => {
			await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
			const [there] = await query<{ there: boolean }>(
				'SELECT to_regclass($1) IS NOT NULL AS there',
				[`"${this.#schema}".meta`],
			);
			const [meta] =
				there?.there === true ? await query<Meta>(`SELECT *, ${SERVER_NOW} AS now FROM @meta`) : [];
			// A table of this name may be somebody else's.
			if (typeof meta?.store_id !== 'string' || typeof meta.format !== 'number') {
				throw new ConfigError('store.schema', 'a schema that holds a store', this.#schema);
			}
			if (meta.format !== FORMAT) throw otherFormat(`schema ${this.#schema}`, meta.format, FORMAT);
			return work({ query, meta, engine: readingEngine(meta) });
		});
	}

	/**
	 * As `read`, piece by piece: the snapshot is held until the last piece was taken or nobody wants more, and the server keeps
	 * what others delete meanwhile.
	 *
	 * @throws as `read`, also where the one who takes the pieces pauses for longer than the server waits
	 */
	async *readPieces<T>(work: (snapshot: Snapshot) => AsyncIterable<T>): AsyncGenerator<T> {
		let [end, fail] = [(): void => {}, (_: unknown): void => {}];
		const ended = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
		// Nobody waits for it where the transaction did not begin.
		ended.catch(() => {});
		let transaction = Promise.resolve();
		const begun = new Promise<Snapshot>((resolve, reject) => {
			transaction = this.read((snapshot) => {
				resolve(snapshot);
				return ended;
			});
			transaction.catch(reject);
		});
		try {
			yield* work(await begun);
		} catch (error) {
			fail(error);
		} finally {
			end();
			await transaction;
		}
	}

	close(): Promise<void> {
		return this.#connection.close();
	}
}

function readingEngine(meta: Meta): Engine {
	return {
		storeId: meta.store_id,
		clock: new StoreClock(
			systemClock,
			{ now: meta.now, offset: meta.clock_offset_ms },
			{ lastSeenAt: 0, livedAt: 0, marks: [] },
		),
		known: new Map(),
		locks: { export: 0, claim: 0 },
		warn() {},
	};
}
