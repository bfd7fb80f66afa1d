import type { Headers } from '../event/event';

/** A push as a host or listener hands it over; nothing of it has been read or checked yet. */
export interface PushedRequest {
	readonly method: string;
	/** Path and query as they came, for schemes that sign them; absent where a host does not tell. */
	readonly target?: string;
	/** Path of the URL, without the query; for the scheme `url-secret` its last segment is the secret. */
	readonly path: string;
	readonly query?: Readonly<Record<string, readonly string[]>>;
	/** As Node gives them: any case, one value or several. */
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	/** The raw bytes; a stream is read no further than the receiver's limit. */
	readonly body: Uint8Array | AsyncIterable<Uint8Array>;
	/** The host has undone `Content-Encoding`, and its header is left out. */
	readonly isDecompressed?: boolean;
	/** The host itself has answered what browsers ask before a push, and lets every page. */
	readonly isOpenToPages?: boolean;
	/** Address of the peer. */
	readonly remoteAddress: string;
	/** It deletes from a dataset, and is no push: by the values of its body (O21), or the record of an id, where it is a GET (O22). */
	readonly deletes?: { readonly recordId?: string | undefined } | undefined;
}

/** What to send back. */
export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** Header names in lower case, values as arrays. */
export function normalizeHeaders(headers: PushedRequest['headers']): Headers {
	const result: Record<string, readonly string[]> = Object.create(null);
	// Of each request: without a list of its headers.
	for (const name in headers) {
		const value = headers[name];
		if (value === undefined) continue;
		result[name.toLowerCase()] = typeof value === 'string' ? [value] : value;
	}
	return result;
}
