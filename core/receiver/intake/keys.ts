import { createHash } from 'node:crypto';
import type { LatestEvent } from '../../buffer/latest';
import type { DedupeKey } from '../../buffer/store';
import { dedupePlace, type DedupeConfig, type ReceiverConfig } from '../../config';
import type { Event } from '../../event/event';
import { keyAt } from '../../event/key-at';

/** An event on its way into the store. */
export interface TakenEvent {
	readonly event: Event;
	/** By which a repetition of it is known, in the order of the configuration; places where it has nothing give none. */
	readonly dedupeKeys: readonly DedupeKey[];
	/** By which a copy of its request is known. */
	readonly replayKey?: DedupeKey;
	/** Among those of its request, from 0; absent where the receiver takes one per request. */
	readonly index?: number;
	/** What is kept of it as the latest of its device and type. */
	readonly latest?: LatestEvent;
	/** It is stale, and the receiver drops such: nothing of it is stored. */
	readonly isDropped?: boolean;
}

const NONE: readonly DedupeKey[] = [];

/**
 * What the configured places of an event say: its type, and the keys by which it is known again. Never throws: a body that cannot
 * be read has none.
 *
 * @param index as TakenEvent has it
 */
export function withKeys(
	event: Event,
	config: Pick<ReceiverConfig, 'typePath' | 'typeHeader' | 'typeQuery' | 'dedupe'>,
	index?: number,
): TakenEvent {
	const type = typeOf(event, config);
	const { dedupe } = config;
	return {
		event: type === undefined ? event : { ...event, type },
		dedupeKeys: dedupe === undefined ? NONE : keysOf(event, dedupe, index),
		...(index === undefined ? {} : { index }),
	};
}

/** One of the places, as the configuration has no more; an empty value is none. */
function typeOf(
	event: Event,
	{
		typePath,
		typeHeader,
		typeQuery,
	}: Pick<ReceiverConfig, 'typePath' | 'typeHeader' | 'typeQuery'>,
): string | undefined {
	if (typePath !== undefined) return keyAt(event, typePath);
	if (typeHeader !== undefined) return headerText(event, typeHeader);
	return typeQuery === undefined ? undefined : event.query?.[typeQuery]?.join(', ') || undefined;
}

function keysOf(
	event: Event,
	dedupe: readonly DedupeConfig[],
	index: number | undefined,
): readonly DedupeKey[] {
	return dedupe.flatMap((one) => {
		const key = keyOf(event, one, index);
		return key === undefined ? [] : [{ key, windowMs: one.windowMs }];
	});
}

/**
 * Each key bears the name of its place: the number 5 as an order and as a customer are two things. A header belongs to all events of
 * its request, so there their position tells them apart.
 */
function keyOf(event: Event, one: DedupeConfig, index: number | undefined): string | undefined {
	if ('keyPath' in one) {
		const value = keyAt(event, one.keyPath);
		return value === undefined ? undefined : `${one.keyPath}=${value}`;
	}
	if ('keyPaths' in one) {
		const values = one.keyPaths.map((path) => keyAt(event, path));
		return values.includes(undefined) ? undefined : `${dedupePlace(one)}=${JSON.stringify(values)}`;
	}
	if ('header' in one) {
		const value = headerText(event, one.header);
		const position = index === undefined ? '' : `#${index}`;
		return value === undefined ? undefined : `${one.header.toLowerCase()}:${value}${position}`;
	}
	return `sha256=${createHash('sha256').update(event.body).digest('base64url')}`;
}

/** An empty header names nothing. */
function headerText({ headers }: Event, name: string): string | undefined {
	return headers[name.toLowerCase()]?.join(', ') || undefined;
}
