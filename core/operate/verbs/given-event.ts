import { createEvent } from '../../event/create-event';
import type { Event } from '../../event/event';
import { isJsonText } from '../../event/is-json-text';
import { ConfigError } from '../../errors';
import { BODY_BYTES } from '../../pure/bounds';
import { isSampleType, sampleEvent, SAMPLE_TYPES } from '../../pure/sample-events';
import { newVendorId } from '../../runtime/ids';

/** An event that somebody tries something with. */
export interface GivenEvent {
	/** A type of the Data Connector. */
	readonly sample?: string | undefined;
	/** An event of your own: what its body is, text, bytes or any JSON; at most 1 MiB. */
	readonly event?: unknown;
}

/**
 * @param at milliseconds since the Unix epoch
 * @returns the first sample where nothing is given
 * @throws ConfigError for a sample that is none, and for both; ReceiveError for an event that no receiver takes
 */
export function givenEvent({ sample, event }: GivenEvent, at: number): Event {
	if (event !== undefined && sample !== undefined) {
		throw new ConfigError('event', 'either an event of your own or a sample');
	}
	const body = event === undefined ? sampleOf(sample ?? SAMPLE_TYPES[0], at) : event;
	const made = createEvent({
		receivedAt: at,
		method: 'POST',
		headers: { 'content-type': typeOf(body) },
		body,
	});
	if (made.body.byteLength > BODY_BYTES.fallback) {
		throw new ConfigError('event', `at most ${BODY_BYTES.fallback} bytes`, made.body.byteLength);
	}
	return made;
}

function sampleOf(type: unknown, at: number): unknown {
	if (!isSampleType(type)) {
		throw new ConfigError('sample', `one of ${SAMPLE_TYPES.join(', ')}`, type);
	}
	return sampleEvent(type, { at, eventId: newVendorId() });
}

function typeOf(body: unknown): string {
	if (body instanceof Uint8Array) return 'application/octet-stream';
	return typeof body === 'string' && !isJsonText(body) ? 'text/plain' : 'application/json';
}
