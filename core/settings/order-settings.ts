import { checkChoice, checkWhole } from '../check-value';
import type { ExportConfig } from '../config';
import { IN_FLIGHT } from '../pure/bounds';
import { readNumber } from './read-number';
import type { SettingPath } from './setting-path';

/** In which order what waits leaves, and how much at once; how they are used is told in buffer-settings.ts. */
export interface OrderSettings {
	/** any (default): what fails waits alone. strict: all behind it wait, too. */
	readonly order?: ExportConfig['order'] | undefined;
	/** Batches that may be under way at once; may be digits. Default 1. */
	readonly maxInFlight?: number | string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toOrder(
	{ order, maxInFlight }: OrderSettings,
	at: SettingPath,
): Partial<Pick<ExportConfig, 'order' | 'maxInFlight'>> {
	return {
		...(order === undefined ? {} : { order: checkChoice(order, at('order'), ['any', 'strict']) }),
		...(maxInFlight === undefined || maxInFlight === ''
			? {}
			: {
					maxInFlight: checkWhole(
						readNumber(maxInFlight, at('maxInFlight')),
						at('maxInFlight'),
						IN_FLIGHT,
					),
				}),
	};
}
