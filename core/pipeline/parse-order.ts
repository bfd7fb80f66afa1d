import { checkChoice } from '../check-value';
import type { ExportConfig } from '../config';
import { ConfigError } from '../errors';
import { MAX_KEY_PATH_LENGTH } from '../pure/bounds';
import { parsePath } from '../pure/path';
import { text } from './check-text';

type Order = Pick<ExportConfig, 'order' | 'orderKeyPath' | 'liveFirst'>;

/**
 * In which order the rows of an export leave, and what goes with it.
 *
 * @throws ConfigError naming the path
 */
export function parseOrder({
	order = 'any',
	orderKeyPath,
	liveFirst = false,
	columns = [],
}: Partial<Order> & Pick<ExportConfig, 'columns'>): Order {
	checkChoice(order, 'order', ['any', 'strict', 'key']);
	if (typeof liveFirst !== 'boolean')
		throw new ConfigError('liveFirst', 'true or false', liveFirst);
	if (liveFirst && order !== 'any')
		throw new ConfigError(
			'liveFirst',
			`false where the order is "${order}": new rows would go before older ones`,
		);
	if (liveFirst && columns.some(({ type }) => type === 'id'))
		throw new ConfigError(
			'liveFirst',
			'an export without "id" columns: new rows would get the ids of older ones',
		);
	if (order === 'key') return { order, orderKeyPath: keyPath(orderKeyPath) };
	if (orderKeyPath !== undefined)
		throw new ConfigError('orderKeyPath', 'the order "key" beside it', orderKeyPath);
	return { order, ...(liveFirst ? { liveFirst } : {}) };
}

function keyPath(given: string | undefined): string {
	const path = text(given ?? '', 'orderKeyPath', MAX_KEY_PATH_LENGTH);
	try {
		// The whole body is no key.
		if (parsePath(path).length > 0) return path;
	} catch {
		// As if there were none.
	}
	throw new ConfigError(
		'orderKeyPath',
		'the path of the key in the body, such as "device.id", where the order is "key"',
		path,
	);
}
