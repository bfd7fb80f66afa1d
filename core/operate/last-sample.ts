import { ConfigError } from '../errors';
import { decodeEvent } from '../event/codec';
import type { Event } from '../event/event';
import { isCredentialHeader } from '../event/sender-credentials';
import { decodeUtf8 } from '../event/utf8';
import type { PastedPush } from '../pipeline/sample-events';
import type { Operable } from './operable';

/** An event that came, as a sample to edit. */
export interface LastSample {
	/** Milliseconds since the Unix epoch. */
	readonly receivedAt: number;
	readonly sample: Required<PastedPush>;
}

/**
 * The last event that this process has taken for a receiver; after a restart the latest of any device, where the receiver keeps those. Headers by which
 * senders are let in somewhere are left out.
 *
 * @param receiverId as in ExportConfig: of exports that the flow feeds `items:…`
 * @returns undefined where there is none
 * @throws ConfigError for one whose body is no text; what the store says
 */
export async function lastSample(
	on: Operable,
	receiverId: string,
): Promise<LastSample | undefined> {
	const event = on.lastEvent?.(receiverId) ?? (await latestOf(on, receiverId));
	if (!event) return undefined;
	const body = decodeUtf8(event.body);
	if (body === undefined)
		throw new ConfigError(
			'event',
			'an event whose body is text in UTF-8; that of the last one is not',
		);
	const headers = Object.entries(event.headers)
		.filter(([name]) => !isCredentialHeader(name))
		.flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
	return { receivedAt: event.receivedAt, sample: { body, headers: headers.join('\n') } };
}

async function latestOf({ store }: Operable, receiverId: string): Promise<Event | undefined> {
	const { events } = await store.latest(receiverId, { limit: 1 });
	return events[0] && decodeEvent(events[0].event);
}
