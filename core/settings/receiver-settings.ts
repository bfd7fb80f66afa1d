import { checkChoice, checkWhole } from '../check-value';
import { SPLITS, type Split } from '../config';
import { READ_BODY_AS, type ReadBodyAs } from '../event/read-as';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { ALERTS, BODY_BYTES, DEDUPE_WINDOW_MS } from '../pure/bounds';
import { toCors, type CorsSettings } from './cors-settings';
import { toAnswer, type AnswerSettings } from './handshake-settings';
import { toLimits, type LimitSettings } from './limit-settings';
import { readDuration } from './read-duration';
import { readNumber, readTime } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** Of the dialogs of receivers; how they are used is told in buffer-settings.ts. */
export interface ReceiverSettings extends LimitSettings, AnswerSettings, CorsSettings {
	/** May be digits. */
	readonly maxBodyBytes?: number | string | undefined;
	readonly readBodyAs?: ReadBodyAs | undefined;
	readonly split?: Split | undefined;
	/** Place of an event's type in the JSON body; empty: it has none. */
	readonly typePath?: string | undefined;
	/** The latest event of each device and type is kept, in the shape of the Data Connector. */
	readonly keepLatest?: boolean | undefined;
	/** People are told when nothing has come for so long, such as `1h`; empty: they are not. */
	readonly inactiveAfter?: string | undefined;
	/** Place of the producer's key in the JSON body; empty: nothing is a duplicate. */
	readonly dedupeKeyPath?: string | undefined;
	readonly dedupeHours?: number | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toReceiver(
	settings: ReceiverSettings,
	at: SettingPath = sameName,
): Pick<
	ReceiverInput,
	| 'maxBodyBytes'
	| 'readBodyAs'
	| 'split'
	| 'typePath'
	| 'latest'
	| 'inactiveAfterMs'
	| 'dedupe'
	| 'limits'
	| 'cors'
	| 'replays'
	| 'formerUrlSecretMs'
	| 'answer'
> {
	const { maxBodyBytes, readBodyAs, split, keepLatest, dedupeKeyPath, dedupeHours } = settings;
	const inactiveAfter = settings.inactiveAfter?.trim();
	const typePath = settings.typePath?.trim();
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
		...(split === undefined || split === 'one'
			? {}
			: { split: checkChoice(split, at('split'), SPLITS) }),
		...(typePath ? { typePath } : {}),
		...(keepLatest === true ? { latest: {} } : {}),
		...(inactiveAfter
			? {
					inactiveAfterMs: readDuration(inactiveAfter, at('inactiveAfter'), ALERTS.inactiveAfterMs),
				}
			: {}),
		...toAnswer(settings, at),
		...toLimits(settings, at),
		...toCors(settings, at),
		...(dedupeKeyPath ? { dedupe: [{ keyPath: dedupeKeyPath, windowMs }] } : {}),
	};
}
