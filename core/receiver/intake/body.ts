import type { ReceiverConfig } from '../../config';
import { ReceiveError } from '../../errors';
import type { PushedRequest } from '../request';

/**
 * The whole body, read no further than its limit.
 *
 * @throws ReceiveError ERR_BODY_TOO_LARGE as soon as the limit is passed, ERR_BODY_UNREADABLE where the connection ends too early
 */
export async function readBody(
	{ body }: Pick<PushedRequest, 'body'>,
	{ maxBodyBytes }: Pick<ReceiverConfig, 'maxBodyBytes'>,
): Promise<Uint8Array> {
	if (!(body instanceof Uint8Array)) return collect(body, maxBodyBytes);
	if (body.length > maxBodyBytes) throw tooLarge(body.length, maxBodyBytes);
	return body;
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
			{ cause: error, details: { bytes } },
		);
	}
	const only = chunks[0];
	return only && chunks.length === 1 ? only : Buffer.concat(chunks, bytes);
}

/** The refusal of a body, by what it says of itself or by what came. */
export function tooLarge(bytes: number, maxBodyBytes: number): ReceiveError {
	return new ReceiveError(
		'ERR_BODY_TOO_LARGE',
		`body has ${bytes} bytes or more, limit maxBodyBytes is ${maxBodyBytes}`,
		{ details: { maxBodyBytes } },
	);
}
