import type { Client, QueryResultRow } from 'pg';
import { CopyIn } from './copy-in';
import { isConflict, isConnectionIntact, isOfCaller } from './sql-error';

/** What a statement may be given. */
export type SqlValue =
	| string
	| number
	| boolean
	| null
	| Uint8Array
	| readonly Uint8Array[]
	| readonly (string | number | boolean | null)[];

/** Runs one statement of a transaction. `@name` is the table of that name in the connection's schema. */
export type Query = <Row extends QueryResultRow>(
	text: string,
	values?: readonly SqlValue[],
) => Promise<Row[]>;

/** Runs a `COPY … FROM STDIN` of a transaction. */
export type Copy = (text: string, chunks: AsyncIterable<Buffer>) => Promise<void>;

/** What callers hear, in the words of their room. */
export interface ConnectionFailures {
	/** @param cause of the driver, the server or the network: it may hold values and secrets */
	failed(cause: unknown): Error;
	/** Of whoever comes after `close`. */
	closed(): Error;
}

export interface ConnectionOptions {
	readonly connectionString: string;
	/** What `@` stands for in statements: a name that needs no check any more; absent: for itself. */
	readonly schema?: string;
	/** Most milliseconds one statement may take, by the server's clock; a second more by ours. */
	readonly timeoutMs: number;
	readonly failures: ConnectionFailures;
	readonly warn: (message: string) => void;
	/** Hears the notifications of this channel. */
	readonly listen?: {
		readonly channel: string;
		readonly onNotification: (payload: string | undefined) => void;
	};
	/** Run once for each session, behind that. */
	readonly beginSession?: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** Pause after a connection failed; doubles up to the second, with jitter (S61). */
const BACKOFF_MS = { first: 200, max: 5_000 } as const;
const MAX_CONFLICTS = 5;
const MAX_KEPT_TEXT = 2_000;
const TYPE_INT8 = 20;
const TYPE_NUMERIC = 1700;

/**
 * The one place that knows pg: a single connection that is made when it is needed, discarded when it fails, and made again with
 * backoff. Transactions wait for one another. Every statement has a timeout, so that a connection whose other end is gone
 * without a word is noticed (S61).
 */
export class Connection {
	readonly #options: ConnectionOptions;
	readonly #texts = new Map<string, string>();
	#client: Promise<Client> | undefined;
	/** What #client has become. */
	#live: Client | undefined;
	#tail: Promise<unknown> = Promise.resolve();
	#failures = 0;
	#downUntilMs = 0;
	/** Why nobody could connect. */
	#lastError: unknown;
	#isClosed = false;

	constructor(options: ConnectionOptions) {
		this.#options = options;
	}

	/**
	 * Runs `work` in a transaction, after those before it; again when another process stood in the way.
	 *
	 * @throws what `work` throws, after a rollback; what `failures` makes of anything of PostgreSQL or the network. When the connection is
	 *   lost during the commit, the outcome is unknown (S62): it is reported as failed.
	 */
	transaction<T>(work: (query: Query, copy: Copy) => Promise<T>): Promise<T> {
		return this.#inTurn(async () => {
			for (let conflicts = 0; ; conflicts++) {
				try {
					return await this.#try(work);
				} catch (error) {
					if (!isConflict(error) || conflicts >= MAX_CONFLICTS) throw this.#told(error);
				}
			}
		});
	}

	/** One statement by itself. */
	query: Query = (text, values) =>
		this.#inTurn(async () => {
			let client: Client | undefined;
			try {
				client = await this.#connect();
				return await this.#run(client, text, values);
			} catch (error) {
				if (client && !isConnectionIntact(error)) this.#discard(client, error);
				throw this.#told(error);
			}
		});

	/** Makes the connection if there is none, e.g. to listen; failures only delay the next one. */
	async keepUp(): Promise<void> {
		if (this.#isClosed) return;
		await this.#connect().catch(() => {});
	}

	/** Lets the running transaction end, at most 5 s; those behind it are refused. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		await withDeadline(this.#tail, CLOSE_TIMEOUT_MS);
		const client = await settled(this.#client);
		if (client === undefined) return;
		await withDeadline(client.end(), CLOSE_TIMEOUT_MS);
		destroy(client);
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		if (this.#isClosed) return Promise.reject(this.#options.failures.closed());
		const turn = this.#tail.then(() => {
			if (this.#isClosed) throw this.#options.failures.closed();
			return work();
		});
		this.#tail = turn.catch(() => {});
		return turn;
	}

	async #try<T>(work: (query: Query, copy: Copy) => Promise<T>): Promise<T> {
		const client = await this.#connect();
		try {
			// Whatever the database's default is: with a snapshot older than its locks a transaction decides by what was. Whether it may
			// write is left to the database, which a provider makes read-only before its disk is full.
			await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
			const value = await work(
				(text, values) => this.#run(client, text, values),
				(text, chunks) => client.query(new CopyIn(text, chunks)).done,
			);
			// A transaction that failed unnoticed is rolled back by its COMMIT, without an error.
			const { command } = await client.query('COMMIT');
			if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
			return value;
		} catch (error) {
			await this.#rollBack(client, error);
			throw error;
		}
	}

	/** After an error of our own code or of a caller, too, the connection is as good as before. */
	async #rollBack(client: Client, cause: unknown): Promise<void> {
		if (!isOfCaller(cause) && !isConnectionIntact(cause)) return this.#discard(client, cause);
		try {
			await client.query('ROLLBACK');
		} catch (error) {
			this.#discard(client, error);
		}
	}

	async #run<Row extends QueryResultRow>(
		client: Client,
		text: string,
		values: readonly SqlValue[] = [],
	): Promise<Row[]> {
		const { schema } = this.#options;
		let full = schema === undefined ? text : this.#texts.get(text);
		if (full === undefined) {
			full = text.replaceAll(/@(\w+)/g, `"${schema}"."$1"`);
			// Statements with many rows come in as many texts.
			if (text.length < MAX_KEPT_TEXT) this.#texts.set(text, full);
		}
		const result = await client.query<Row>(full, values.map(toParameter));
		return result.rows;
	}

	#told(error: unknown): Error {
		return isOfCaller(error) ? error : this.#options.failures.failed(error);
	}

	#connect(): Promise<Client> {
		if (this.#client !== undefined) return this.#client;
		if (performance.now() < this.#downUntilMs) return Promise.reject(this.#lastError as Error);
		const connecting = this.#open();
		this.#client = connecting;
		connecting.catch((error: unknown) => this.#failed(connecting, error));
		return connecting;
	}

	async #open(): Promise<Client> {
		// Loaded by those who use it alone.
		const pg = await import('pg');
		const { connectionString, timeoutMs, listen, beginSession, warn } = this.#options;
		const client = new pg.default.Client({
			connectionString,
			connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
			query_timeout: timeoutMs + 1_000,
			keepAlive: true,
			keepAliveInitialDelayMillis: 10_000,
			application_name: 'sluice',
			types: { getTypeParser: typeParser(pg.default.types) },
		});
		client.on('error', (error) => this.#discard(client, error));
		client.on('end', () => this.#discard(client, undefined));
		try {
			await client.connect();
			// Not at the start of the session: poolers refuse what they do not know there. A transaction of ours never waits for
			// anything but its next statement.
			await client.query(
				`SET statement_timeout = ${timeoutMs}; SET lock_timeout = ${timeoutMs}; ` +
					`SET idle_in_transaction_session_timeout = ${timeoutMs}`,
			);
			if (listen !== undefined) {
				client.on('notification', ({ payload }) => listen.onNotification(payload));
				await client.query(`LISTEN "${listen.channel}"`);
			}
			if (beginSession !== undefined) await client.query(beginSession);
		} catch (error) {
			destroy(client);
			throw error;
		}
		if (this.#failures > 0) warn('PostgreSQL: connected again');
		this.#failures = 0;
		this.#live = client;
		return client;
	}

	#failed(connecting: Promise<Client>, error: unknown): void {
		if (this.#client === connecting) this.#client = undefined;
		if (this.#failures === 0) this.#options.warn(this.#told(error).message);
		const pauseMs = Math.min(BACKOFF_MS.max, BACKOFF_MS.first * 2 ** Math.min(10, this.#failures));
		this.#failures++;
		this.#lastError = error;
		this.#downUntilMs = performance.now() + pauseMs * (0.5 + Math.random() / 2);
	}

	/** Only the connection in use: one that was discarded says good-bye once more. */
	#discard(client: Client, error: unknown): void {
		destroy(client);
		if (this.#live !== client) return;
		this.#live = undefined;
		this.#client = undefined;
		if (!this.#isClosed) this.#options.warn(this.#told(error).message);
	}
}

function typeParser(types: typeof import('pg').types) {
	const toNumber = (text: string) => Number(text);
	return ((oid: number, format?: 'text' | 'binary') =>
		oid === TYPE_INT8 || oid === TYPE_NUMERIC
			? toNumber
			: types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser;
}

function toParameter(value: SqlValue): unknown {
	if (!(value instanceof Uint8Array) || Buffer.isBuffer(value)) return value;
	return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** Without a good-bye: the other end may never answer. */
function destroy(client: Client): void {
	const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } })
		.connection;
	stream.destroy();
}

async function settled<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
	try {
		return await promise;
	} catch {
		return undefined;
	}
}

async function withDeadline(promise: Promise<unknown>, ms: number): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const deadline = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, ms);
	});
	await Promise.race([promise.then(() => {}).catch(() => {}), deadline]);
	clearTimeout(timer);
}
