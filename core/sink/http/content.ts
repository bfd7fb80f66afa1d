import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { withoutContentCoding } from '../../event/content-headers';

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
	return { bytes, headers: { ...withoutContentCoding(headers), 'content-encoding': 'gzip' } };
}
