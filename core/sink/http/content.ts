import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** What is sent, and the headers that describe it, names in lower case. */
export interface Content {
	readonly bytes: Uint8Array;
	readonly headers: Readonly<Record<string, string>>;
}

/**
 * The body as it leaves. Its gzip is the same at every attempt: it holds neither time nor name. A body that has come compressed stays as
 * it is.
 */
export async function encodeContent(
	body: Uint8Array,
	headers: Readonly<Record<string, string>> = {},
	isGzip = false,
): Promise<Content> {
	if (!isGzip || headers['content-encoding'] !== undefined) return { bytes: body, headers };
	const bytes = await compress(body);
	return { bytes, headers: { ...ofEncoded(headers), 'content-encoding': 'gzip' } };
}

/** What was said of the bytes before they were compressed holds no more (RFC 9530: both are of the encoded content). */
function ofEncoded(headers: Readonly<Record<string, string>>): Record<string, string> {
	const ofTheBytes = ['content-digest', 'repr-digest', 'digest', 'content-md5'];
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheBytes.includes(name)));
}
