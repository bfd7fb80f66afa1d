import { ReceiveError } from '../errors';
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
	/** Address of the peer. */
	readonly remoteAddress: string;
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
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined) continue;
		result[name.toLowerCase()] = typeof value === 'string' ? [value] : value;
	}
	return result;
}

/**
 * The whole body, or ReceiveError ERR_BODY_TOO_LARGE as soon as the limit is passed. A content-length above the limit is refused
 * before a byte is read.
 */
export async function readBody(request: PushedRequest, maxBodyBytes: number): Promise<Uint8Array> {
	const declared = Number(first(request.headers['content-length']));
	if (declared > maxBodyBytes) throw tooLarge(declared, maxBodyBytes);
	if (request.body instanceof Uint8Array) {
		if (request.body.length > maxBodyBytes) throw tooLarge(request.body.length, maxBodyBytes);
		return request.body;
	}
	return collect(request.body, maxBodyBytes);
}

async function collect(body: AsyncIterable<Uint8Array>, maxBodyBytes: number): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	try {
		for await (const chunk of body) {
			bytes += chunk.length;
			if (bytes > maxBodyBytes) throw tooLarge(bytes, maxBodyBytes);
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof ReceiveError) throw error;
		throw new ReceiveError(
			'ERR_BODY_UNREADABLE',
			`the connection ended after ${bytes} bytes of the body`,
			{
				cause: error,
				details: { bytes },
			},
		);
	}
	const only = chunks[0];
	return only && chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}

function tooLarge(bytes: number, maxBodyBytes: number): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_TOO_LARGE',
		`body has ${bytes} bytes or more, limit maxBodyBytes is ${maxBodyBytes}`,
		{ details: { maxBodyBytes } },
	);
}

function first(value: string | readonly string[] | undefined): string | undefined {
	return typeof value === 'string' ? value : value?.[0];
}
