/**
 * From a request to its events, by steps: limits → body → authenticate → decompress → split → events → keys → latest, one file each.
 * Nothing is stored here, and nothing of a request that nobody vouches for is looked at but its size.
 *
 * To add a step: a file with one function of what the steps before it gave and of the configuration, and its line in `takeIn`. What
 * it needs of the world (time, ids) comes with `IntakePorts`.
 */
import type { Event } from '../../event/event';
import type { PushedRequest } from '../request';
import { authenticateRequest } from './authenticate';
import { readBody } from './body';
import { decompressBody } from './decompress';
import { makeEvent, makeEvents } from './events';
import { withKeys, type TakenEvent } from './keys';
import { withLatest } from './latest';
import { checkLimits } from './limits';
import type { PreparedReceiver } from './prepare';
import { isSplit, splitBody } from './split';

export interface IntakePorts {
	/** Milliseconds since the Unix epoch. */
	now(): number;
	/** A new id for an event that came at this time. */
	newId(receivedAt: number): string;
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
): Promise<readonly TakenEvent[]> {
	const { config } = receiver;
	checkLimits(request, config);
	const sent = await readBody(request, config);
	const receivedAt = ports.now();
	const sender = await authenticateRequest(request, sent, receiver, receivedAt);
	const { body, admitted } = await decompressBody(sent, sender, config);
	const toTaken = (event: Event, index?: number) =>
		withLatest(withKeys(event, config, index), config);
	const newId = (): string => ports.newId(receivedAt);
	if (!isSplit(config)) return [toTaken(makeEvent(body, admitted, config, newId()))];
	const { parts, admitted: ofParts } = splitBody(body, admitted, config);
	const events = makeEvents(body, parts, ofParts, config, newId);
	return events.map(toTaken);
}
