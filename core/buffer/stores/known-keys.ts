import type { AppendAnswer, DedupeKey } from '../store';

const NONE: readonly number[] = [];

/**
 * Looks the keys of one event up, all of them before any is remembered.
 *
 * @param remember is given those that were not known
 * @returns positions of those that were
 */
export function seeKeys<Key extends DedupeKey>(
	keys: readonly Key[],
	isKnown: (key: Key) => boolean,
	remember: (key: Key) => void,
): readonly number[] {
	if (keys.length === 0) return NONE;
	const known = keys.flatMap((key, position) => (isKnown(key) ? position : []));
	for (const [position, key] of keys.entries()) if (!known.includes(position)) remember(key);
	return known;
}

/** @param known of each event, as `seeKeys` gives it; absent: none was known of any */
export function toKnown(
	events: number,
	known: readonly (readonly number[])[] | undefined,
): Pick<AppendAnswer, 'duplicates' | 'knownKeys'> {
	if (!known?.some(isAny)) return { duplicates: Array<boolean>(events).fill(false) };
	return { duplicates: known.map(isAny), knownKeys: known };
}

function isAny(positions: readonly number[]): boolean {
	return positions.length > 0;
}
