import { checkChoice, checkWhole } from '../check-value';
import { SPLITS, type Split } from '../config';
import { READ_BODY_AS, type ReadBodyAs } from '../event/read-as';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { ALERTS, BODY_BYTES } from '../pure/bounds';
import { toBody, type BodySettings } from './body-settings';
import { toCors, type CorsSettings } from './cors-settings';
import { toAnswer, type AnswerSettings } from './handshake-settings';
import { toLimits, type LimitSettings } from './limit-settings';
import { readDuration } from './read-duration';
import { readNumber } from './read-number';
import { toSchema, type SchemaSettings } from './schema-settings';
import { sameName, type SettingPath } from './setting-path';

/** Of the dialogs of receivers; how they are used is told in buffer-settings.ts. */
export interface ReceiverSettings
	extends LimitSettings, AnswerSettings, CorsSettings, BodySettings, SchemaSettings {
	/** May be digits. */
	readonly maxBodyBytes?: number | string | undefined;
	readonly readBodyAs?: ReadBodyAs | undefined;
	readonly split?: Split | undefined;
	/** People are told when nothing has come for so long, such as `1h`; empty: they are not. */
	readonly inactiveAfter?: string | undefined;
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
	| 'inactiveAfterMs'
	| 'limits'
	| 'cors'
	| 'replays'
	| 'formerUrlSecretMs'
	| 'answer'
	| 'schema'
	| keyof ReturnType<typeof toBody>
> {
	const { maxBodyBytes, readBodyAs, split } = settings;
	const inactiveAfter = settings.inactiveAfter?.trim();
	const bytes = readNumber(maxBodyBytes ?? BODY_BYTES.fallback, at('maxBodyBytes'));
	return {
		maxBodyBytes: checkWhole(bytes, at('maxBodyBytes'), BODY_BYTES),
		...(readBodyAs === undefined
			? {}
			: { readBodyAs: checkChoice(readBodyAs, at('readBodyAs'), READ_BODY_AS) }),
		...(split === undefined || split === 'one'
			? {}
			: { split: checkChoice(split, at('split'), SPLITS) }),
		...toBody(settings, at),
		...(inactiveAfter
			? {
					inactiveAfterMs: readDuration(inactiveAfter, at('inactiveAfter'), ALERTS.inactiveAfterMs),
				}
			: {}),
		...toAnswer(settings, at),
		...toLimits(settings, at),
		...toCors(settings, at),
		...toSchema(settings, at),
	};
}
