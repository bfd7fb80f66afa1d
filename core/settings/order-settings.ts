import { checkWhole } from '../check-value';
import type { ExportConfig } from '../config';
import { parseOrder } from '../pipeline/parse-order';
import { IN_FLIGHT } from '../pure/bounds';
import { readNumber } from './read-number';
import { inDialog, type SettingPath } from './setting-path';

/** In which order what waits leaves, and how much at once; how they are used is told in buffer-settings.ts. */
export interface OrderSettings {
	/** any (default): what fails waits alone. strict: all behind it wait, too. key: what has the same key waits. */
	readonly order?: ExportConfig['order'] | undefined;
	/** Place of the key in the JSON body, of the order `key`. */
	readonly orderKeyPath?: string | undefined;
	/** Batches that may be under way at once; may be digits. Default 1. */
	readonly maxInFlight?: number | string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toOrder(
	{ order, orderKeyPath = '', maxInFlight }: OrderSettings,
	at: SettingPath,
): Partial<Pick<ExportConfig, 'order' | 'orderKeyPath' | 'maxInFlight'>> {
	return {
		...(order === undefined ? {} : orderOf(order, orderKeyPath.trim(), at)),
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

/** The place is hidden where it is not asked for. */
function orderOf(
	order: ExportConfig['order'],
	orderKeyPath: string,
	at: SettingPath,
): ReturnType<typeof parseOrder> {
	return inDialog(() => parseOrder({ order, ...(order === 'key' ? { orderKeyPath } : {}) }), at);
}
