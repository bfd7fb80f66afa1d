import type { ReceiverConfig } from '../../config';
import { ReceiveError } from '../../errors';
import type { PushedRequest } from '../request';

/** What a body may have; as it is sent, and as it is read. */
export type BodyLimits = Pick<ReceiverConfig, 'maxBodyBytes' | 'maxDecompressedBytes'>;

/**
 * The whole body, read no further than its limit; at once where the host has read it.
 *
 * @throws ReceiveError ERR_BODY_TOO_LARGE as soon as the limit is passed, ERR_BODY_UNREADABLE where the connection ends too early
 */
export function readBody(
	{ body, isDecompressed = false }: Pick<PushedRequest, 'body' | 'isDecompressed'>,
	limits: BodyLimits,
): Uint8Array | Promise<Uint8Array> {
	if (!(body instanceof Uint8Array)) return collect(body, limits.maxBodyBytes);
	const limit = isDecompressed ? decompressedLimit(limits) : sentLimit(limits);
	if (body.length > limit.bytes) throw tooLarge(body.length, limit);
	return body;
}

/** The bound of a body by the name of the setting that it comes from. */
export interface BodyLimit {
	readonly name: keyof BodyLimits;
	readonly bytes: number;
}

/** Of a body that came compressed, once it is not. */
export function decompressedLimit({ maxBodyBytes, maxDecompressedBytes }: BodyLimits): BodyLimit {
	if (maxDecompressedBytes === undefined) return sentLimit({ maxBodyBytes });
	return { name: 'maxDecompressedBytes', bytes: maxDecompressedBytes };
}

/** Of a body as it comes. */
export function sentLimit({ maxBodyBytes }: BodyLimits): BodyLimit {
	return { name: 'maxBodyBytes', bytes: maxBodyBytes };
}

async function collect(body: AsyncIterable<Uint8Array>, maxBodyBytes: number): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	try {
		for await (const chunk of body) {
			bytes += chunk.length;
			if (bytes > maxBodyBytes) throw tooLarge(bytes, sentLimit({ maxBodyBytes }));
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof ReceiveError) throw error;
		throw new ReceiveError(
			'ERR_BODY_UNREADABLE',
			`the connection ended after ${bytes} bytes of the body`,
			{ cause: error, details: { bytes } },
		);
	}
	const only = chunks[0];
	return only && chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}

/** The refusal of a body, by what it says of itself or by what came. */
export function tooLarge(
	bytes: number,
	{ name, bytes: limit }: BodyLimit,
	what = 'body has',
): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_TOO_LARGE',
		`${what} ${bytes} bytes or more, limit ${name} is ${limit}`,
		{ details: { [name]: limit } },
	);
}
