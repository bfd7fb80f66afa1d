import { checkChoice, checkWhole } from '../check-value';
import { READ_BODY_AS, type ReadBodyAs } from '../event/read-as';
import type { ReceiverInput } from '../pipeline/parse-config';
import { BODY_BYTES, DEDUPE_WINDOW_MS } from '../pure/bounds';
import { readNumber, readTime } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** Of the dialogs of receivers; how they are used is told in buffer-settings.ts. */
export interface ReceiverSettings {
	/** May be digits. */
	readonly maxBodyBytes?: number | string | undefined;
	readonly readBodyAs?: ReadBodyAs | undefined;
	/** Place of the producer's key in the JSON body; empty: nothing is a duplicate. */
	readonly dedupeKeyPath?: string | undefined;
	readonly dedupeHours?: number | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toReceiver(
	{ maxBodyBytes, readBodyAs, dedupeKeyPath, dedupeHours }: ReceiverSettings,
	at: SettingPath = sameName,
): Pick<ReceiverInput, 'maxBodyBytes' | 'readBodyAs' | 'dedupe'> {
	const bytes = readNumber(maxBodyBytes ?? BODY_BYTES.fallback, at('maxBodyBytes'));
	const windowMs =
		dedupeHours === undefined
			? DEDUPE_WINDOW_MS.fallback
			: readTime(dedupeHours, at('dedupeHours'), 'hours', DEDUPE_WINDOW_MS);
	return {
		maxBodyBytes: checkWhole(bytes, at('maxBodyBytes'), BODY_BYTES),
		...(readBodyAs === undefined
			? {}
			: { readBodyAs: checkChoice(readBodyAs, at('readBodyAs'), READ_BODY_AS) }),
		...(dedupeKeyPath ? { dedupe: [{ keyPath: dedupeKeyPath, windowMs }] } : {}),
	};
}
