import { promisify } from 'node:util';
import type { Zlib } from 'node:zlib';
import { ReceiveError } from '../../errors';
import { contentEncodingOf } from '../../event/body-kind';
import { withoutContentCoding } from '../../event/content-headers';
import { ACCEPT_ENCODING, findCoding } from '../content-codings';
import type { Admitted } from './authenticate';
import { decompressedLimit, tooLarge, type BodyLimits } from './body';

/** More than one is rare, and each of them is work that the sender decides on. */
const MAX_CODINGS = 3;

/** A body as it is read, with headers that are true of it. */
export interface Decompressed {
	readonly body: Uint8Array;
	readonly admitted: Admitted;
}

/**
 * Undoes `Content-Encoding`, the last coding first. Each of them ends at the limit, so that a bomb holds no more memory than that and
 * a chunk, whatever it would become. An empty body stays empty: some senders name a coding and have nothing to compress.
 *
 * @param body as it came, after whoever sent it was let in
 * @throws ReceiveError ERR_CONTENT_ENCODING for an unknown coding or too many, ERR_BODY_TOO_LARGE above the limit,
 *   ERR_BODY_UNREADABLE for what is damaged, cut off, or followed by something
 */
export function decompressBody(
	body: Uint8Array,
	admitted: Admitted,
	config: BodyLimits,
): Decompressed | Promise<Decompressed> {
	const encoding = contentEncodingOf(admitted);
	return encoding === undefined
		? { body, admitted }
		: decompressAll(body, admitted, { encoding, config });
}

async function decompressAll(
	body: Uint8Array,
	admitted: Admitted,
	{ encoding, config }: { readonly encoding: string; readonly config: BodyLimits },
): Promise<Decompressed> {
	let bytes = body;
	for (const name of codingsOf(encoding).reverse()) {
		if (bytes.length > 0) bytes = await decompress(bytes, name, config);
	}
	return {
		body: bytes,
		admitted: { ...admitted, headers: withoutContentCoding(admitted.headers) },
	};
}

function codingsOf(encoding: string): string[] {
	const names = encoding
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '' && name !== 'identity');
	if (names.length > MAX_CODINGS)
		throw unsupported(`${names.length} codings, at most ${MAX_CODINGS} are undone`);
	const unknown = names.find((name) => !findCoding(name));
	if (unknown !== undefined) throw unsupported(JSON.stringify(unknown.slice(0, 60)));
	return names;
}

async function decompress(
	bytes: Uint8Array,
	name: string,
	config: BodyLimits,
): Promise<Uint8Array> {
	const limit = decompressedLimit(config);
	const run = findCoding(name)?.decompressFor(bytes);
	if (!run) throw unsupported(JSON.stringify(name));
	const options = { maxOutputLength: limit.bytes, info: true };
	let result: { readonly buffer: Buffer; readonly engine: Zlib };
	try {
		// With `info` the engine comes along, which the types do not know.
		result = (await promisify(run)(bytes, options)) as unknown as typeof result;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
			throw tooLarge(limit.bytes + 1, limit, 'the decompressed body has');
		}
		throw damaged(name, 'it is damaged or cut off', error);
	}
	const { bytesWritten } = result.engine;
	if (bytesWritten < bytes.length) {
		throw damaged(name, `it ends after ${bytesWritten} of ${bytes.length} bytes`);
	}
	return result.buffer;
}

function damaged(coding: string, problem: string, cause?: unknown): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_UNREADABLE',
		`the body cannot be decompressed (${coding}): ${problem}`,
		{ cause, details: { coding } },
	);
}

function unsupported(what: string): ReceiveError {
	return new ReceiveError(
		'ERR_CONTENT_ENCODING',
		`unsupported Content-Encoding: ${what}; send the body as one of ${ACCEPT_ENCODING}, or not compressed`,
	);
}
