import { LATEST_BOUNDS, type LatestEvent } from '../../buffer/latest';
import type { LatestConfig, ReceiverConfig } from '../../config';
import { exactBody } from '../../event/body';
import { encodeEvent } from '../../event/codec';
import type { Event } from '../../event/event';
import { keyAt } from '../../event/key-at';
import { instantOf } from '../../pure/instant';
import { readPath } from '../../pure/path';
import type { TakenEvent } from './keys';

/**
 * What is kept of an event as the latest of its device and type (D55), where the receiver is told to keep it. An event without a
 * device, one above 1 MB, and a body that cannot be read are none; they are accepted all the same.
 */
export function withLatest(
	taken: TakenEvent,
	{ latest }: Pick<ReceiverConfig, 'latest'>,
): TakenEvent {
	if (latest === undefined) return taken;
	const found = latestOf(taken.event, latest);
	return found === undefined ? taken : { ...taken, latest: found };
}

function latestOf(event: Event, paths: LatestConfig): LatestEvent | undefined {
	const device = keyAt(event, paths.devicePath);
	if (device === undefined) return undefined;
	const type = keyAt(event, paths.typePath) ?? event.type;
	// As JSON, it has no control characters, and no two pairs look alike.
	const key = JSON.stringify([device, type ?? '']);
	if (key.length > LATEST_BOUNDS.keyLength) return undefined;
	const encoded = encodeEvent(event);
	if (encoded.byteLength > LATEST_BOUNDS.eventBytes) return undefined;
	const labels = labelsAt(event, paths.labelsPath);
	return {
		key,
		device,
		...(type === undefined ? {} : { type }),
		...(labels === undefined ? {} : { labels }),
		at: instantOf(valueAt(event, paths.timePath)) ?? event.receivedAt,
		event: encoded,
	};
}

/** Those that are texts, which all of the Data Connector's are. */
function labelsAt(event: Event, path: string): Record<string, string> | undefined {
	const value = valueAt(event, path);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	const texts = Object.entries(value).filter(
		(entry): entry is [string, string] => typeof entry[1] === 'string',
	);
	return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

/** Of a body that was read for its device. */
function valueAt(event: Event, path: string): unknown {
	return readPath(exactBody(event), path);
}
