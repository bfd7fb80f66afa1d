/** What an export of this API is in the model: rows of cells that are loaded into a table, one batch after the other. */
import { parseConditions } from '../../buffer/conditions';
import { ConfigError } from '../../errors';
import { compileMapping } from '../../mapping/mapping';
import { normalizeId } from '../../mapping/normalize-id';
import { parseExportConfig } from '../../pipeline/parse-export';
import type { ApiExport } from '../../pipeline/stored-definitions';
import { checkRows } from '../../sink/create-sink';
import type { ChangedExport, NewExport } from './schemas';

/** An id as it is given, else made of the name (K10). @throws ConfigError */
export function exportIdOf({ id, name }: Pick<NewExport, 'id' | 'name'>): string {
	if (id === undefined) return normalizeId(name);
	// No path would lead to it.
	if (id.includes('/')) throw new ConfigError('id', 'an id without a slash', id);
	return id;
}

/**
 * @param receiverId of the store
 * @param database by its name
 * @throws ConfigError, MappingError ERR_TEMPLATE_SYNTAX
 */
export function exportOf(
	given: NewExport,
	{ receiverId, database }: { readonly receiverId: string; readonly database: string },
): ApiExport {
	return changedBy(given, {
		config: {
			id: exportIdOf(given),
			receiverId,
			output: 'cells',
			retry: { preset: 'keboola' },
			order: 'strict',
			origin: 'api',
		},
		sink: { kind: 'table', database, table: given.mapping.tableId, adopt: true },
	});
}

/** What is not given stays, but for members of the conditions (K47) and of the mapping (K48). @throws as exportOf */
export function changedBy(
	{ name, mapping, conditions }: ChangedExport,
	former: ApiExport,
): ApiExport {
	const { config, sink } = former;
	const input = {
		...config,
		...(name === undefined ? {} : { label: name }),
		...(conditions || !config.conditions ? { conditions: parseConditions(conditions ?? {}) } : {}),
		...(mapping ? { columns: mapping.columns } : {}),
	};
	const loaded =
		mapping && sink?.kind === 'table'
			? {
					...sink,
					table: tableOf(mapping.tableId),
					load: mapping.incremental === false ? ('full' as const) : ('incremental' as const),
				}
			: sink;
	const parsed = parseExportConfig(input as Parameters<typeof parseExportConfig>[0]);
	compileMapping({ columns: parsed.columns ?? [] });
	if (loaded) checkRows(loaded as never, parsed);
	return { config: input, sink: loaded } as ApiExport;
}

/** Stage, bucket and table (K40). @throws ConfigError */
function tableOf(tableId: string): string {
	if (/^(?:in|out|sys)\.[^.]+\.[^.]+$/.test(tableId)) return tableId;
	throw new ConfigError('mapping.tableId', 'an id such as in.c-bucket.table', tableId);
}
