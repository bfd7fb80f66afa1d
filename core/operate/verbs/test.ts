import { createEvent } from '../../event/create-event';
import type { Event } from '../../event/event';
import { isJsonText } from '../../event/is-json-text';
import { ConfigError } from '../../errors';
import type { ExportState } from '../../config';
import type { Trial } from '../../pipeline/trial';
import { BODY_BYTES } from '../../pure/bounds';
import { isSampleType, sampleEvent, SAMPLE_TYPES } from '../../pure/sample-events';
import { newVendorId } from '../../runtime/ids';
import { systemClock, type Clock } from '../../runtime/clock';
import { requireExport, type Operable } from '../operable';
import { trialText } from '../trial-text';

/** What a destination was tested with, and what came of it. */
export interface Tested extends Trial {
	readonly exportId: string;
	/** `became` in a sentence, and what of the buffer keeps it from delivering now. */
	readonly says: string;
	/** Of the buffer: one that is not active delivers nothing but tests. */
	readonly state: ExportState;
}

export interface TestEvent {
	/** A type of the Data Connector; the first one where no event is given either. */
	readonly sample?: string | undefined;
	/** An event of your own: what its body is, text, bytes or any JSON; at most 1 MiB. */
	readonly event?: unknown;
}

export interface TestOptions extends TestEvent {
	/** Breaks it off. */
	readonly signal?: AbortSignal | undefined;
	/** Default the system's. */
	readonly clock?: Clock | undefined;
}

/**
 * Sends one event to the destination of a buffer, by the configuration that is attached now: through its filter and mapping, signed,
 * with its credentials, proxy and address rules. Request and answer are shown without secrets; nothing is stored, nothing is counted,
 * and the breaker, rates and a pause hold up nothing. It ends after a minute.
 *
 * @throws ConfigError for a sample that is none, for both, and for a buffer that goes to the flow; BufferError ERR_EXPORT_UNKNOWN for one
 *   that this process does not deliver; ReceiveError for an event that no receiver takes
 */
export async function testDelivery(
	on: Operable,
	exportId: string,
	{ signal, clock = systemClock, ...given }: TestOptions = {},
): Promise<Tested> {
	const { state } = await requireExport(on, exportId);
	const event = eventOf(given, clock.now());
	if (!on.tryDelivery) {
		throw new ConfigError(
			'exportId',
			'a buffer of a host that runs: its test is made there',
			exportId,
		);
	}
	const trial = await on.tryDelivery(exportId, event, signal);
	return { exportId, state, says: trialText(trial, state), ...trial };
}

function eventOf({ sample, event }: TestEvent, at: number): Event {
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
