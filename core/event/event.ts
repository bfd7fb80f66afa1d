import type { CsvDelimiter } from './csv-body';
import type { ReadBodyAs } from './read-as';

/** Lower-case header name → its values, in the order they came. Has no prototype: names are user text. */
export type Headers = Readonly<Record<string, readonly string[]>>;

/** One accepted push. Immutable: nobody writes to a field or to the body after `createEvent`. */
export interface Event {
	readonly id: string;
	/** Milliseconds since the Unix epoch. */
	readonly receivedAt: number;
	/** Address text of the peer; "" for an item of the flow. */
	readonly ip: string;
	readonly headers: Headers;
	/** The bytes exactly as they came, or as they were before they were compressed (`Content-Encoding`); JSON of a record that a schema has converted. */
	readonly body: Uint8Array;
	/** What the body is read as, whatever its content type says; absent: by its type (`bodyKind`). */
	readonly readAs?: Exclude<ReadBodyAs, 'type'>;
	/** Of CSV; absent: by its type, which is a comma but for `text/tab-separated-values`. */
	readonly csvDelimiter?: CsvDelimiter;
	readonly receiverId?: string;
	readonly method?: string;
	/** Path of the request; a secret in it is left out. */
	readonly path?: string;
	readonly query?: Readonly<Record<string, readonly string[]>>;
	readonly type?: string;
	readonly source?: string;
	/** A newer one of its device and type came before it (D34). */
	readonly stale?: true;
	/** It was kept, and is given to an export once more. */
	readonly replay?: true;
	/** Fingerprint of the record that its body is, where the receiver has a schema (O17); never a key by which repetitions are dropped (O20). */
	readonly recordId?: string;
	/** What it does to a dataset, where its receiver is one; absent: it is pushed. The body of a deletion by id is `{}`. */
	readonly operation?: 'push' | 'delete';
}
