import type { DedupeKey } from '../../buffer/store';
import type { ReceiverConfig } from '../../config';
import type { Verified } from '../../signature/schemes/scheme';
import type { TakenEvent } from './keys';

/** No place of a key is called so: headers have no such names, and no path is empty. */
const PREFIX = '=replay:';

/**
 * With the key by which a copy of the request is known that somebody else sends again, where its scheme can tell one from what its
 * sender means twice. Of several events the position tells them apart. It lies in the store with those of the producer: only what was
 * stored leaves one behind, and every process knows it.
 */
export function withReplayKey(
	taken: TakenEvent,
	{ replays = 'drop' }: Pick<ReceiverConfig, 'replays'>,
	{ oneUse }: Pick<Verified, 'oneUse'>,
): TakenEvent {
	if (!oneUse || replays === 'take') return taken;
	const position = taken.index === undefined ? '' : `#${taken.index}`;
	const key = `${PREFIX}${oneUse.key}${position}`;
	return { ...taken, replayKey: { key, windowMs: oneUse.forMs } };
}

/** Those by which the store knows it. */
export function allKeys({ dedupeKeys, replayKey }: TakenEvent): readonly DedupeKey[] {
	return replayKey ? [...dedupeKeys, replayKey] : dedupeKeys;
}

/**
 * Whether an event that the store knew is a copy of a request, and not what its producer sent once more in a request of its own.
 *
 * @param known positions of the keys that the store knew, among `allKeys`
 */
export function isReplay({ dedupeKeys, replayKey }: TakenEvent, known: readonly number[]): boolean {
	return replayKey !== undefined && known.includes(dedupeKeys.length);
}
