import type { ReceiverConfig, Split } from '../../config';
import { MAX_APPEND_EVENTS } from '../../buffer/store';
import { ReceiveError } from '../../errors';
import { contentTypeOf } from '../../event/body-kind';
import { decoderOf } from '../../event/charset';
import { withoutContentCoding } from '../../event/content-headers';
import type { Headers } from '../../event/event';
import { decodeUtf8 } from '../../event/utf8';
import { arrayElements } from './array-elements';
import type { Admitted } from './authenticate';
import { cloudEventSource } from './cloud-events/attributes';
import {
	CLOUD_EVENT_TYPE,
	cloudEventParts,
	isJsonMode,
	withoutAttributes,
} from './cloud-events/cloud-event-parts';
import { csvParts } from './csv-parts';
import { eventOf } from './events';
import { filledLines } from './lines';
import type { Part, Parts } from './part';

/** Whether a request may bring several events; one alone is answered as one of several then. */
export function isSplit({ split = 'one' }: Pick<ReceiverConfig, 'split'>): boolean {
	return split !== 'one';
}

/**
 * The parts of a body that are an event each: with `array` the elements of a JSON array, any other value being one event, with
 * `ndjson` the lines that are not blank, with `csv` those below the names, written as JSON, with `cloudevents` one or a list of
 * them. Whether what came as JSON is any, and is a CloudEvent, is seen later.
 *
 * @throws ReceiveError ERR_REQUEST_TOO_LARGE above MAX_APPEND_EVENTS, ERR_BODY_UNREADABLE for an array that has no end and for broken
 *   CSV, ERR_BODY_TOO_LARGE for CSV whose objects are, ERR_CONTENT_TYPE for JSON of another charset than UTF-8, and as
 *   `cloudEventParts`
 */
export function splitBody(
	body: Uint8Array,
	admitted: Admitted,
	config: Pick<ReceiverConfig, 'id' | 'split' | 'csvDelimiter'>,
): Parts {
	const { split = 'one' } = config;
	switch (split) {
		case 'csv': {
			const parts = upToMax(csvParts(body, admitted, config));
			return { parts, admitted: ofType(admitted, 'application/json') };
		}
		case 'cloudevents': {
			if (isJsonMode(admitted)) requireUtf8(admitted.headers);
			const parts = upToMax(cloudEventParts(eventOf(body, admitted, { id: config.id }, '')));
			return {
				parts,
				admitted: ofType(withoutAttributes(admitted), CLOUD_EVENT_TYPE),
				sourceOf: cloudEventSource,
			};
		}
		default:
			requireUtf8(admitted.headers);
			return { parts: upToMax(PARTS[split](body)), admitted };
	}
}

/** Whatever is JSON in the body itself. */
const PARTS: Record<Exclude<Split, 'csv' | 'cloudevents'>, (body: Uint8Array) => Iterable<Part>> = {
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

/** With the type of the parts, and without what describes the bytes that they were a part of. */
function ofType(admitted: Admitted, contentType: string): Admitted {
	const headers: Headers = Object.assign(withoutContentCoding(admitted.headers), {
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
