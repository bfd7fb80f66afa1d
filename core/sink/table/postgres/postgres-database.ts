import { Connection } from '../../../postgres/connection';
import { loadBatch } from '../load-batch';
import type { LoadResult, RowSource, TableDatabase, TableLoad, TableRow } from '../table-database';
import { TableFault } from '../table-fault';
import { postgresDialect } from './postgres-dialect';
import { tableFailures } from './postgres-fault';
import { postgresTransaction } from './postgres-transaction';

/** Of one process to one server, however many tables it loads. */
const MAX_CONNECTIONS = 4;

interface PostgresOptions {
	readonly connectionString: string;
	readonly timeoutMs: number;
	readonly warn: (message: string) => void;
}

/** Takes back a trial. */
class TrialOver extends TypeError {
	readonly result: LoadResult;

	constructor(result: LoadResult) {
		super('the trial is over');
		this.result = result;
	}
}

/** A PostgreSQL whose connections are made when they are needed; a load takes the one with the fewest before it. */
export class PostgresDatabase implements TableDatabase {
	readonly #options: PostgresOptions;
	readonly #lines: { readonly connection: Connection; loads: number }[] = [];

	constructor(options: PostgresOptions) {
		this.#options = options;
	}

	async load(load: TableLoad, rows: RowSource, signal: AbortSignal): Promise<LoadResult> {
		signal.throwIfAborted();
		let endWait: () => void = () => {};
		const aborted = new Promise<never>((_, reject) => {
			endWait = () => reject(new TableFault('aborted', 'the load was given up'));
			signal.addEventListener('abort', endWait, { once: true });
		});
		aborted.catch(() => {});
		try {
			// What is under way ends by its timeouts, and is noted if it is loaded.
			return await Promise.race([this.#load(load, rows, signal), aborted]);
		} finally {
			signal.removeEventListener('abort', endWait);
		}
	}

	async close(): Promise<void> {
		await Promise.all(this.#lines.splice(0).map(({ connection }) => connection.close()));
	}

	async #load(load: TableLoad, rows: RowSource, signal: AbortSignal): Promise<LoadResult> {
		const line = this.#line();
		let ofRows: { readonly error: unknown } | undefined;
		const watched = async function* (): AsyncIterable<readonly TableRow[]> {
			try {
				for await (const slice of rows()) {
					if (signal.aborted) throw new TableFault('aborted', 'the load was given up');
					yield slice;
				}
			} catch (error) {
				ofRows = { error };
				throw error;
			}
		};
		line.loads += 1;
		try {
			return await line.connection.transaction(async (query, copy) => {
				const transaction = postgresTransaction(query, copy, watched);
				const result = await loadBatch(transaction, postgresDialect, load, watched());
				if (signal.aborted) throw new TableFault('aborted', 'the load was given up');
				if (load.isTrial) throw new TrialOver(result);
				return result;
			});
		} catch (error) {
			if (error instanceof TrialOver) return error.result;
			throw ofRows ? ofRows.error : error;
		} finally {
			line.loads -= 1;
		}
	}

	#line(): { readonly connection: Connection; loads: number } {
		const [free] = this.#lines.toSorted((a, b) => a.loads - b.loads);
		if (free && (free.loads === 0 || this.#lines.length >= MAX_CONNECTIONS)) return free;
		const line = {
			connection: new Connection({ ...this.#options, failures: tableFailures }),
			loads: 0,
		};
		this.#lines.push(line);
		return line;
	}
}
