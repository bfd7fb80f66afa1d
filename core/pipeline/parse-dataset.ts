import type { DatasetConfig } from '../config';
import { ConfigError } from '../errors';
import { fieldsOf } from '../health/fields-of';

/** A dataset before defaults. */
export type DatasetInput = Partial<DatasetConfig> & Pick<DatasetConfig, 'id'>;

/** A segment of its addresses, which nobody has to escape. */
const NAME = /^[\w.~-]{1,100}$/;

/**
 * @param receiver that it is: a record has an id by a schema alone, and one that compares keys of requests would take a newer state for a copy
 * @throws ConfigError
 */
export function parseDataset(
	given: DatasetInput,
	{ schema, dedupe = [] }: { readonly schema?: unknown; readonly dedupe?: readonly unknown[] },
): DatasetConfig {
	const dataset = fieldsOf(given, 'dataset', ['id', 'resource', 'isPushEnabled', 'isPublished']);
	if (schema === undefined)
		throw new ConfigError('dataset', 'a schema beside it, by which its records have ids');
	if (dedupe.length > 0)
		throw new ConfigError(
			'dedupe',
			'nothing: a record that comes again is its newer state',
			dedupe,
		);
	const { id, resource = 'realtime', isPushEnabled = true, isPublished = true } = dataset;
	return {
		id: parseName(id, 'dataset.id'),
		resource: parseName(resource, 'dataset.resource'),
		isPushEnabled: parseFlag(isPushEnabled, 'dataset.isPushEnabled'),
		isPublished: parseFlag(isPublished, 'dataset.isPublished'),
	};
}

function parseName(value: unknown, path: string): string {
	if (typeof value === 'string' && NAME.test(value) && !/^\.+$/.test(value)) return value;
	throw new ConfigError(path, '1 to 100 letters, digits and _ - . ~', value);
}

function parseFlag(value: unknown, path: string): boolean {
	if (typeof value === 'boolean') return value;
	throw new ConfigError(path, 'true or false', value);
}
