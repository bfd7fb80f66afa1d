import { dedupePlace, type ReceiverConfig } from '../config';
import { errorPlace } from '../error-place';
import type { CoreError } from '../errors';
import type { TakenEvent } from '../receiver/intake/keys';
import type { Logger } from '../runtime/logger';

/** How many accepted events were not what the receiver's configuration says. */
export interface PathMisses {
	/** They were not looked up among known keys: a repeated one is stored again. */
	readonly dedupe: number;
	/** They have no type, and pass no filter that asks for one. */
	readonly type: number;
	/** They do not fit the schema, which only reports. */
	readonly schema: number;
}

export const NO_MISSES: PathMisses = { dedupe: 0, type: 0, schema: 0 };

/** Adds the events of a request that do not fit the schema; of the first one the log tells why. */
export function countMismatches(
	misses: PathMisses,
	receiverId: string,
	found: { readonly mismatches?: number; readonly mismatch?: CoreError },
	logger: Logger,
): PathMisses {
	const { mismatches = 0, mismatch } = found;
	if (mismatches === 0 || !mismatch) return misses;
	if (misses.schema === 0) {
		const { code, details } = mismatch;
		const place = errorPlace(mismatch);
		const what = `${code}, ${String(details['reason'] ?? 'unreadable')}${place === undefined ? '' : ` at ${place}`}`;
		logger.warn(
			`receiver ${receiverId}: an event does not fit the schema (${what}); such events are passed on, and counted in the status`,
			{ receiverId, code },
		);
	}
	return { ...misses, schema: misses.schema + mismatches };
}

/** Counts the misses of one more event; of the first one per path the log tells why. */
export function countMisses(
	misses: PathMisses,
	config: ReceiverConfig,
	{ event, dedupeKeys }: TakenEvent,
	logger: Logger,
): PathMisses {
	const { id, dedupe } = config;
	const typePlace = typePlaceOf(config);
	const missed = {
		dedupe: dedupe !== undefined && dedupe.length > 0 && dedupeKeys.length === 0,
		type: typePlace !== undefined && event.type === undefined,
	};
	if (!missed.dedupe && !missed.type) return misses;
	if (missed.dedupe && misses.dedupe === 0)
		warn('dedupe', dedupe?.map(dedupePlace).join('", "'), 'not looked up');
	if (missed.type && misses.type === 0) warn('type', typePlace, 'without a type');
	return {
		...misses,
		dedupe: misses.dedupe + Number(missed.dedupe),
		type: misses.type + Number(missed.type),
	};

	function warn(path: 'dedupe' | 'type', place: string | undefined, what: string): void {
		const type = JSON.stringify((event.headers['content-type']?.[0] ?? '').slice(0, 100));
		logger.warn(
			`receiver ${id}: the ${path} path "${place}" finds nothing in a body of type ${type}; such events are ${what}, and counted in the status`,
			{ receiverId: id, path },
		);
	}
}

function typePlaceOf({ typePath, typeHeader, typeQuery }: ReceiverConfig): string | undefined {
	if (typeHeader !== undefined) return `header ${typeHeader}`;
	return typeQuery === undefined ? typePath : `parameter ${typeQuery}`;
}
