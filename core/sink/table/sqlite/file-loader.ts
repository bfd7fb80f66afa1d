import { existsSync } from 'node:fs';
import { Connection } from '../../../buffer/stores/sqlite/connection';
import { loadBatch } from '../load-batch';
import type { LoadResult, TableLoad } from '../table-database';
import { TableFault } from '../table-fault';
import { isInStore } from './is-in-store';
import type { FromWorker, ToWorker } from './protocol';
import { RowChannel } from './row-channel';
import { sqliteDialect } from './sqlite-dialect';
import { toSqliteFault } from './sqlite-fault';
import { sqliteTransaction } from './sqlite-transaction';

/** Loads batches into one file, one after the other, by the connection that it keeps for them. */
export class FileLoader {
	readonly #file: string;
	readonly #post: (message: FromWorker) => void;
	readonly #channels = new Map<number, RowChannel>();
	#connection: Connection | undefined;
	#tail: Promise<void> = Promise.resolve();

	constructor(file: string, post: (message: FromWorker) => void) {
		this.#file = file;
		this.#post = post;
	}

	take(message: ToWorker): void {
		switch (message.kind) {
			case 'load': {
				const { id, load } = message;
				const channel = new RowChannel(() => this.#post({ kind: 'more', id }));
				this.#channels.set(id, channel);
				this.#tail = this.#tail.then(() => this.#answer(id, load, channel));
				break;
			}
			case 'rows':
				this.#channels.get(message.id)?.push(message.rows);
				break;
			case 'end':
				this.#channels.get(message.id)?.end();
				break;
			case 'abort':
				this.#channels.get(message.id)?.abort();
				break;
			case 'close':
				this.#tail = this.#tail.then(() => {
					this.#disconnect();
					this.#post({ kind: 'closed' });
				});
		}
	}

	async #answer(id: number, load: TableLoad, channel: RowChannel): Promise<void> {
		try {
			this.#post({ kind: 'done', id, result: await this.#load(load, channel) });
		} catch (error) {
			const fault = toSqliteFault(error);
			// A mistake of ours ends the thread, and is told by whoever watches it.
			if (!(fault instanceof TableFault)) throw error;
			this.#post({ kind: 'failed', id, fault: { kind: fault.kind, message: fault.message } });
		} finally {
			this.#channels.delete(id);
		}
	}

	async #load(load: TableLoad, channel: RowChannel): Promise<LoadResult> {
		const connection = this.#connect(load.timeoutMs);
		let isOver = false;
		try {
			connection.exec('BEGIN IMMEDIATE');
			const transaction = sqliteTransaction(connection, Date.now);
			const result = await loadBatch(transaction, sqliteDialect, load, channel);
			if (channel.isAborted) throw new TableFault('aborted', 'the load was given up');
			connection.exec(load.isTrial ? 'ROLLBACK' : 'COMMIT');
			isOver = true;
			return result;
		} finally {
			// A connection whose end is not known is none to go on with: closing it takes back what it did.
			if (!isOver) this.#disconnect();
		}
	}

	#connect(timeoutMs: number): Connection {
		if (this.#connection === undefined) {
			// Before it is opened: that alone may change a log, which the store's witness knows.
			if (isInStore(this.#file)) {
				const why = 'the database is in the directory of a store of Sluice; choose another one';
				throw new TableFault('mismatch', why);
			}
			const isNew = !existsSync(this.#file);
			const connection = new Connection(this.#file);
			this.#connection = connection;
			connection.exec(`PRAGMA busy_timeout=${timeoutMs}`);
			// Readers of a log wait for nobody; what others have made stays as they want it.
			if (isNew) connection.exec('PRAGMA journal_mode=WAL');
			// What is acked has reached the disk.
			connection.exec('PRAGMA synchronous=FULL');
		}
		this.#connection.exec(`PRAGMA busy_timeout=${timeoutMs}`);
		return this.#connection;
	}

	#disconnect(): void {
		const connection = this.#connection;
		this.#connection = undefined;
		connection?.close();
	}
}
