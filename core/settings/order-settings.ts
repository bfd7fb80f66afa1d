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
	/** While a backlog drains new rows go ahead of it, with order any. Default false. */
	readonly liveFirst?: boolean | undefined;
	/** Batches that may be under way at once; may be digits. Default 1. */
	readonly maxInFlight?: number | string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toOrder(
	{ order, orderKeyPath = '', liveFirst = false, maxInFlight }: OrderSettings,
	at: SettingPath,
): Partial<Pick<ExportConfig, 'order' | 'orderKeyPath' | 'liveFirst' | 'maxInFlight'>> {
	return {
		...(order === undefined && !liveFirst
			? {}
			: orderOf({ order: order ?? 'any', orderKeyPath: orderKeyPath.trim(), liveFirst }, at)),
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

/** What belongs to another order is hidden. */
function orderOf(
	given: Required<Pick<ExportConfig, 'order' | 'orderKeyPath' | 'liveFirst'>>,
	at: SettingPath,
): ReturnType<typeof parseOrder> {
	const { order, orderKeyPath, liveFirst } = given;
	const of = { any: { liveFirst }, strict: {}, key: { orderKeyPath } };
	// A word that is none is told as such.
	const mine = Object.hasOwn(of, order) ? of[order] : {};
	return inDialog(() => parseOrder({ order, ...mine }), at);
}
