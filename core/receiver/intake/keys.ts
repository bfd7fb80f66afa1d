import type { DedupeKey } from '../../buffer/store';
import type { DedupeConfig, KeyPath, ReceiverConfig } from '../../config';
import { exactBody } from '../../event/body';
import { bodyKind } from '../../event/body-kind';
import type { Event } from '../../event/event';
import { keyText } from '../../event/numbers';
import { readPath } from '../../pure/path';

/** An event on its way into the store. */
export interface TakenEvent {
	readonly event: Event;
	/** By which a repetition of it is known, in the order of the configuration; places where it has nothing give none. */
	readonly dedupeKeys: readonly DedupeKey[];
}

const NONE: readonly DedupeKey[] = [];

/**
 * What the configured places of an event say: its type, and the keys by which it is known again. Never throws: a body that cannot
 * be read has none.
 */
export function withKeys(
	event: Event,
	{ typePath, dedupe }: Pick<ReceiverConfig, 'typePath' | 'dedupe'>,
): TakenEvent {
	const type = typePath === undefined ? undefined : keyAt(event, typePath);
	return {
		event: type === undefined ? event : { ...event, type },
		dedupeKeys: dedupe === undefined ? NONE : keysOf(event, dedupe),
	};
}

/** Each key bears the name of its place: the number 5 as an order and as a customer are two things. */
function keysOf(event: Event, dedupe: readonly DedupeConfig[]): readonly DedupeKey[] {
	return dedupe.flatMap(({ keyPath, header, windowMs }) => {
		const value = keyPath === undefined ? headerText(event, header) : keyAt(event, keyPath);
		const place = keyPath === undefined ? `${header.toLowerCase()}:` : `${keyPath}=`;
		return value === undefined ? [] : [{ key: place + value, windowMs }];
	});
}

/** An empty header names nothing. */
function headerText({ headers }: Event, name: string): string | undefined {
	return headers[name.toLowerCase()]?.join(', ') || undefined;
}

/** Text of a string, number or boolean in the body; anything else, and a body that cannot be read, has no key. */
function keyAt(event: Event, path: KeyPath): string | undefined {
	try {
		// A text has no places, though it may look like JSON: the receiver can be told to read it so.
		if (bodyKind(event) === 'text' || bodyKind(event) === 'binary') return undefined;
		return keyText(readPath(exactBody(event), path));
	} catch {
		return undefined;
	}
}
