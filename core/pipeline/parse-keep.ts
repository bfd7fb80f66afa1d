import { ALERTS_RECEIVER } from '../alerts/alert';
import { checkWhole } from '../check-value';
import type { KeepConfig } from '../config';
import { ConfigError } from '../errors';
import { KEEP } from '../pure/bounds';

/** What of the two is absent is as in KEEP. */
export type KeepInput = Partial<KeepConfig>;

/** @throws ConfigError naming the path and the bound */
export function parseKeep(keep: KeepInput, receiverId: string): KeepConfig {
	if (typeof keep !== 'object' || keep === null)
		throw new ConfigError('keep', 'an object with ageMs and bytes', keep);
	if (receiverId === ALERTS_RECEIVER)
		throw new ConfigError('keep', 'nothing: alerts are not kept once they are delivered');
	return {
		ageMs: checkWhole(keep.ageMs ?? KEEP.ageMs.fallback, 'keep.ageMs', KEEP.ageMs),
		bytes: checkWhole(keep.bytes ?? KEEP.bytes.fallback, 'keep.bytes', KEEP.bytes),
	};
}
