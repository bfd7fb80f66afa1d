/**
 * From a request to its events, by steps: limits → body → authenticate → decompress → split → events → schema → keys → latest → replay key, one
 * file each. Nothing is stored here, and nothing of a request that nobody vouches for is looked at but its size.
 *
 * To add a step: a file with one function of what the steps before it gave and of the configuration, and its line in `takeIn`. What
 * it needs of the world (time, ids) comes with `IntakePorts`. A step gives a promise only where it waits for something: most requests
 * wait for nothing here, and each promise that is awaited all the same was 1 % of what an event costs.
 */
import type { Event } from '../../event/event';
import type { FetchText } from '../../runtime/fetch-text';
import type { Authenticated } from '../../signature/authenticate';
import type { PushedRequest } from '../request';
import { authenticateRequest } from './authenticate';
import { readBody } from './body';
import { decompressBody } from './decompress';
import { eventOf, makeEvent, makeEvents } from './events';
import { withKeys, type TakenEvent } from './keys';
import { withLatest } from './latest';
import { checkLimits } from './limits';
import type { PreparedReceiver } from './prepare';
import { withReplayKey } from './replay-key';
import { schemaChecker, type Mismatches } from './schema';
import { isSplit, splitBody } from './split';

export interface IntakePorts {
	/** Milliseconds since the Unix epoch. */
	now(): number;
	/** A new id for an event that came at this time. */
	newId(receivedAt: number): string;
	/** What a sender keeps on a server of its own. */
	readonly fetchText?: FetchText | undefined;
}

/** Who deletes by an id says nothing else; columns find nothing in it. */
const NO_FIELDS = new TextEncoder().encode('{}');

/** What was found out about a request, also where it is refused. */
export interface RequestTrace extends Mismatches {
	/** Of the body, as it came. */
	bytes?: number;
	/** Hears by what it was let in. @throws ReceiveError for one that is refused all the same */
	onAdmitted?(by: Authenticated, at: number): void;
}

/**
 * What a request brings, in its order: one event, or those into which the receiver splits its body, which may be none.
 *
 * @throws ReceiveError, SignatureError: then nothing of it is taken
 */
export async function takeIn(
	request: PushedRequest,
	receiver: PreparedReceiver,
	ports: IntakePorts,
	trace: RequestTrace = {},
): Promise<readonly TakenEvent[]> {
	const { config } = receiver;
	checkLimits(request, config);
	const read = readBody(request, config);
	const sent = read instanceof Promise ? await read : read;
	trace.bytes = sent.length;
	const receivedAt = ports.now();
	const { fetchText } = ports;
	const asked = authenticateRequest(request, sent, receiver, { receivedAt, fetchText });
	const { admitted: sender, by } = asked instanceof Promise ? await asked : asked;
	trace.onAdmitted?.(by, receivedAt);
	const unpacked = decompressBody(sent, sender, config);
	const { body, admitted } = unpacked instanceof Promise ? await unpacked : unpacked;
	const { deletes } = request;
	if (deletes?.recordId !== undefined) {
		const event = eventOf(NO_FIELDS, admitted, config, ports.newId(receivedAt));
		return [withKeys({ ...event, recordId: deletes.recordId }, config)];
	}
	const schema = deletes ? receiver.schemaOfDeletions : receiver.schema;
	const check = schema && schemaChecker(schema, trace);
	const toTaken = (given: Event, index?: number) => {
		const event = check ? check(given, index) : given;
		return withReplayKey(withLatest(withKeys(event, config, index), config), config, by);
	};
	const newId = (): string => ports.newId(receivedAt);
	if (!isSplit(config)) return [toTaken(makeEvent(body, admitted, config, newId()))];
	const parts = splitBody(body, admitted, config);
	return makeEvents(body, parts, config, newId).map(toTaken);
}
