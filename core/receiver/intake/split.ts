import type { ReceiverConfig, Split } from '../../config';
import { MAX_APPEND_EVENTS } from '../../buffer/store';
import { ReceiveError } from '../../errors';
import { contentTypeOf } from '../../event/body-kind';
import { decoderOf } from '../../event/charset';
import type { Headers } from '../../event/event';
import { decodeUtf8 } from '../../event/utf8';
import { arrayElements } from './array-elements';
import type { Admitted } from './authenticate';
import { csvParts } from './csv-parts';
import { filledLines } from './lines';
import type { Part } from './part';

/** Whether a request may bring several events; one alone is answered as one of several then. */
export function isSplit({ split = 'one' }: Pick<ReceiverConfig, 'split'>): boolean {
	return split !== 'one';
}

/** What a body is split into. */
export interface Parts {
	readonly parts: readonly Part[];
	/** What the events have of the request, which says what the parts are and not what the body was. */
	readonly admitted: Admitted;
}

/**
 * The parts of a body that are an event each: with `array` the elements of a JSON array, any other value being one event, with
 * `ndjson` the lines that are not blank, with `csv` those below the names, written as JSON. Whether what came as JSON is any, is seen later.
 *
 * @throws ReceiveError ERR_REQUEST_TOO_LARGE above MAX_APPEND_EVENTS, ERR_BODY_UNREADABLE for an array that has no end and for broken
 *   CSV, ERR_BODY_TOO_LARGE for CSV whose objects are, ERR_CONTENT_TYPE for JSON of another charset than UTF-8
 */
export function splitBody(
	body: Uint8Array,
	admitted: Admitted,
	config: Pick<ReceiverConfig, 'id' | 'split' | 'csvDelimiter'>,
): Parts {
	const { split = 'one' } = config;
	if (split === 'csv') {
		const parts = upToMax(csvParts(body, admitted, config));
		return { parts, admitted: ofType(admitted, 'application/json') };
	}
	requireUtf8(admitted.headers);
	return { parts: upToMax(PARTS[split](body)), admitted };
}

/** Whatever is JSON in the body itself. */
const PARTS: Record<Exclude<Split, 'csv'>, (body: Uint8Array) => Iterable<Part>> = {
	one: (body) => [{ bytes: body, at: 0 }],
	array: arrayElements,
	ndjson: filledLines,
};

function upToMax(found: Iterable<Part>): Part[] {
	const parts: Part[] = [];
	for (const part of found) {
		if (parts.length === MAX_APPEND_EVENTS) throw tooMany();
		parts.push(part);
	}
	return parts;
}

function ofType(admitted: Admitted, contentType: string): Admitted {
	const headers: Headers = Object.assign(Object.create(null), admitted.headers, {
		'content-type': [contentType],
	});
	return { ...admitted, headers };
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
