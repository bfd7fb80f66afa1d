import { ConfigError } from '../errors';
import { bodyKind } from '../event/body-kind';
import { lenientBody } from '../event/body';
import type { Event } from '../event/event';
import { isJsonText } from '../event/is-json-text';
import { sampleEvents, type SampleEvents } from '../pipeline/sample-events';
import { listPaths, type BodyPath } from '../pure/body-paths';
import { BODY_BYTES } from '../pure/bounds';
import { systemClock, type Clock } from '../runtime/clock';
import { toReceiver } from '../settings/receiver-settings';
import { readSampleRequest, type SampleRequest } from './sample-request';
import { faultOf, showMapping, type MappingFault, type ShownMapping } from './show-mapping';
import { givenEvent } from './verbs/given-event';

/** What a dialog shows of a sample while its mapping is edited. */
export interface TriedSample {
	/** Why the receiver would take nothing of the sample. */
	readonly fault?: MappingFault;
	/** Of how many events of the sample one is shown, and which, from 0. */
	readonly count: number;
	readonly position: number;
	/** What does not fit the schema, where it only reports. */
	readonly mismatch?: MappingFault;
	/** Places in the body, to choose from; none of a text. */
	readonly paths: readonly BodyPath[];
	/** Why the body is not what its type says: it is a text then. */
	readonly unreadable?: MappingFault;
	/** Absent where there is no event. */
	readonly mapping?: ShownMapping;
}

/**
 * Takes a pasted sample through a receiver and the mapping of a buffer as they are being edited: nothing of them need be deployed, nothing is stored.
 *
 * @param body what a dialog sends (`SampleRequest`), or anything else
 * @throws ConfigError for what is no such request; what is wrong with sample, receiver or mapping is in the answer
 */
export async function trySample(
	body: unknown,
	{ clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<TriedSample> {
	const request = readSampleRequest(body);
	const { sample, mapping } = request;
	if (Buffer.byteLength(sample.body) > BODY_BYTES.fallback)
		throw new ConfigError('sample', `at most ${BODY_BYTES.fallback} bytes`);
	try {
		const { events, mismatch } = await eventsOf(request, clock);
		const position = Math.min(Math.max(0, request.position), Math.max(0, events.length - 1));
		const event = events[position];
		const found = { count: events.length, position };
		const misfit = mismatch ? { mismatch: faultOf(mismatch) } : {};
		if (!event) return { ...found, ...misfit, paths: [] };
		const receiverId = request.receiver ? 'sample' : 'items:sample';
		return {
			...found,
			...misfit,
			...placesIn(event),
			mapping: await showMapping(mapping, event, { receiverId, clock }),
		};
	} catch (error) {
		return { fault: faultOf(error), count: 0, position: 0, paths: [] };
	}
}

async function eventsOf({ receiver, sample }: SampleRequest, clock: Clock): Promise<SampleEvents> {
	if (receiver) return sampleEvents(toReceiver(receiver), sample, clock);
	// As the payload of a message: JSON that is pasted is meant as what it says.
	const { body } = sample;
	const event: unknown = isJsonText(body) ? JSON.parse(body) : body;
	return { events: [givenEvent({ event }, clock.now())] };
}

/** A text has none, though it may look like JSON: what reads paths sees nothing there either. */
function placesIn(event: Event): Pick<TriedSample, 'paths' | 'unreadable'> {
	const kind = bodyKind(event);
	if (kind === 'text' || kind === 'binary') return { paths: [] };
	try {
		return { paths: listPaths(lenientBody(event)) };
	} catch (error) {
		return { paths: [], unreadable: faultOf(error) };
	}
}
