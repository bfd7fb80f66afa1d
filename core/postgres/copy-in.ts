import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Connection as PgConnection, Submittable } from 'pg';

/** What pg has for those who copy, beside what its types tell. */
interface CopyConnection {
	readonly stream: Socket;
	query(text: string): void;
	sendCopyFromChunk(chunk: Buffer): void;
	endCopyFrom(): void;
	sendCopyFail(why: string): void;
}

/**
 * `COPY … FROM STDIN` as a query of pg, for one use. Bytes go out no faster than the socket takes them. What the source throws
 * ends the copy, and is what `done` rejects with.
 */
export class CopyIn implements Submittable {
	/** Set by pg, which times it. */
	callback: (error?: unknown) => void = () => {};
	readonly done: Promise<void>;
	readonly #text: string;
	readonly #chunks: AsyncIterable<Buffer>;
	#settle: { resolve(): void; reject(error: unknown): void } = { resolve() {}, reject() {} };
	/** There is nobody to send to any more. */
	readonly #over: Promise<void>;
	#wakeUp: () => void = () => {};
	#isOver = false;
	#sending: Promise<void> = Promise.resolve();
	#sourceError: { readonly error: unknown } | undefined;

	constructor(text: string, chunks: AsyncIterable<Buffer>) {
		this.#text = text;
		this.#chunks = chunks;
		this.#over = new Promise((resolve) => (this.#wakeUp = resolve));
		this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
	}

	submit(connection: PgConnection): void {
		(connection as unknown as CopyConnection).query(this.#text);
	}

	handleCopyInResponse(connection: PgConnection): void {
		this.#sending = this.#send(connection as unknown as CopyConnection);
	}

	handleCommandComplete(): void {}

	/** The source is let go of before anybody may read it again. */
	handleError(error: unknown): void {
		this.#end();
		this.callback(error);
		void this.#sending.then(() =>
			this.#settle.reject(this.#sourceError ? this.#sourceError.error : error),
		);
	}

	handleReadyForQuery(): void {
		this.#end();
		this.callback();
		this.#settle.resolve();
	}

	#end(): void {
		this.#isOver = true;
		this.#wakeUp();
	}

	async #send(connection: CopyConnection): Promise<void> {
		const { stream } = connection;
		try {
			for await (const chunk of this.#chunks) {
				// The server has refused a line, or is gone: nobody reads the rest.
				if (this.#isOver) return;
				connection.sendCopyFromChunk(chunk);
				if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain'), this.#over]);
			}
			if (!this.#isOver) connection.endCopyFrom();
		} catch (error) {
			this.#sourceError = { error };
			if (!this.#isOver) connection.sendCopyFail('the rows could not be read');
		}
	}
}
