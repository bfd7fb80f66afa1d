import { existsSync } from 'node:fs';
import { Connection } from '../../../buffer/stores/sqlite/connection';
import { fileIdentity } from '../../../buffer/stores/sqlite/file-identity';
import { loadBatch } from '../load-batch';
import type { LoadResult, TableLoad } from '../table-database';
import { TableFault } from '../table-fault';
import { isInStore } from './is-in-store';
import { unpackRows } from './packed-rows';
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
	/** Of the file that it is connected to. */
	#identity: string | undefined;
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
				this.#channels.get(message.id)?.push(unpackRows(message.rows));
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
		let isOver = false;
		try {
			const connection = this.#connect(load.timeoutMs);
			connection.exec('BEGIN IMMEDIATE');
			const transaction = sqliteTransaction(connection, Date.now);
			const result = await loadBatch(transaction, sqliteDialect, load, channel);
			if (channel.isAborted) throw new TableFault('aborted', 'the load was given up');
			connection.exec(load.isTrial ? 'ROLLBACK' : 'COMMIT');
			this.#requireFile();
			isOver = true;
			return result;
		} finally {
			// A connection whose end is not known is none to go on with: closing it takes back what it did.
			if (!isOver) this.#disconnect();
		}
	}

	#connect(timeoutMs: number): Connection {
		const isOpen = this.#connection !== undefined;
		const isNew = !isOpen && !existsSync(this.#file);
		const connection = (this.#connection ??= this.#open());
		connection.exec(`PRAGMA busy_timeout=${timeoutMs}`);
		if (isOpen) return connection;
		// Readers of a log wait for nobody; what others have made stays as they want it.
		if (isNew) connection.exec('PRAGMA journal_mode=WAL');
		// What is acked has reached the disk.
		connection.exec('PRAGMA synchronous=FULL');
		this.#identity = fileIdentity(this.#file);
		return connection;
	}

	#open(): Connection {
		// Before it is opened: that alone may change a log, which the store's witness knows.
		if (!isInStore(this.#file)) return new Connection(this.#file);
		const why = 'the database is in the directory of a store of Sluice; choose another one';
		throw new TableFault('mismatch', why);
	}

	/** What goes on in a file that was removed is gone with the process. @throws TableFault */
	#requireFile(): void {
		if (fileIdentity(this.#file) === this.#identity) return;
		const why =
			'SQLite: the file was removed or replaced while it was open; it is opened anew, so see that the right one is there';
		throw new TableFault('unavailable', why);
	}

	#disconnect(): void {
		const connection = this.#connection;
		this.#connection = undefined;
		connection?.close();
	}
}
