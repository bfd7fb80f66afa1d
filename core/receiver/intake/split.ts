import type { ReceiverConfig } from '../../config';
import { MAX_APPEND_EVENTS } from '../../buffer/store';
import { ReceiveError } from '../../errors';
import { contentTypeOf } from '../../event/body-kind';
import { decoderOf } from '../../event/charset';
import type { Headers } from '../../event/event';
import { decodeUtf8 } from '../../event/utf8';
import { arrayElements } from './array-elements';
import { filledLines } from './lines';
import type { Part } from './part';

/** Whether a request may bring several events; one alone is answered as one of several then. */
export function isSplit({ split = 'one' }: Pick<ReceiverConfig, 'split'>): boolean {
	return split !== 'one';
}

/**
 * The parts of a body that are an event each: with `array` the elements of a JSON array, any other value being one event, with
 * `ndjson` the lines that are not blank. Whether each of them is JSON is seen later.
 *
 * @throws ReceiveError ERR_REQUEST_TOO_LARGE above MAX_APPEND_EVENTS, ERR_BODY_UNREADABLE for an array that has no end,
 *   ERR_CONTENT_TYPE for a body of another charset than UTF-8
 */
export function splitBody(
	body: Uint8Array,
	headers: Headers,
	{ split }: Pick<ReceiverConfig, 'split'>,
): readonly Part[] {
	requireUtf8(headers);
	const parts: Part[] = [];
	for (const part of split === 'ndjson' ? filledLines(body) : arrayElements(body)) {
		if (parts.length === MAX_APPEND_EVENTS) throw tooMany();
		parts.push(part);
	}
	return parts;
}

/** Brackets, commas and line ends are looked for as bytes. */
function requireUtf8(headers: Headers): void {
	const charset = contentTypeOf({ headers }).parameters.get('charset');
	if (decoderOf(charset) === decodeUtf8) return;
	throw new ReceiveError(
		'ERR_CONTENT_TYPE',
		`a body that is split into events has to be UTF-8, its charset is ${JSON.stringify(charset?.slice(0, 60))}`,
	);
}

function tooMany(): ReceiveError {
	return new ReceiveError(
		'ERR_REQUEST_TOO_LARGE',
		`the body has more than ${MAX_APPEND_EVENTS} events; send it in several requests`,
		{ details: { limit: MAX_APPEND_EVENTS } },
	);
}
