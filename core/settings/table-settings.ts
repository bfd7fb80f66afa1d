import { ConfigError } from '../errors';
import type { Column } from '../mapping/column';
import { TABLE_TIMEOUT_MS } from '../pure/bounds';
import { textList } from '../pure/text-list';
import type { SinkConfig } from '../sink/create-sink';
import type { RowsToSend } from '../sink/sink-kind';
import type { TableColumn } from '../sink/table/cell-types';
import { validateTable, type TableConfig } from '../sink/table/table-config';
import { shapeOf } from '../sink/table/table-shape';
import { readTime } from './read-number';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** Of the dialogs that load tables; how they are used is told in buffer-settings.ts. Rows leave in order: `inOrder`. */
export interface TableSettings {
	/** Such as `in.c-main.events`. */
	readonly table?: string | undefined;
	/** Types of columns; of all others text. */
	readonly columnTypes?: readonly TableColumn[] | undefined;
	/** Names of columns, separated by commas or as a list; empty: those that the columns mark. */
	readonly primaryKey?: string | readonly string[] | undefined;
	/** Default incremental. */
	readonly load?: TableConfig['load'];
	/** Default once. */
	readonly create?: TableConfig['create'];
	readonly adopt?: boolean | undefined;
	/** Default aside. */
	readonly onBadRow?: TableConfig['onBadRow'];
	/** May be digits. */
	readonly timeoutSeconds?: number | string | undefined;
}

const PLACES = { columns: 'columnTypes', timeoutMs: 'timeoutSeconds' };

/**
 * A table as a destination.
 *
 * @param o.database its name, which the host resolves (`SinkPorts.databases`), and which people are shown
 * @param o.rows that are loaded: types and key are compared with their columns, and whole events, which have none, are refused; absent
 *   where they are known with each batch alone
 * @throws ConfigError naming the dialog's field and the bound; whole events by the field `data`
 */
export function toTable(
	settings: TableSettings,
	{ database, rows }: { readonly database: string; readonly rows?: TableRows | undefined },
	at: SettingPath = sameName,
): SinkConfig<'table'> {
	const { table = '', columnTypes = [], primaryKey, timeoutSeconds } = settings;
	const { load = 'incremental', create = 'once', adopt = false, onBadRow = 'aside' } = settings;
	const key = (typeof primaryKey === 'string' ? textList(primaryKey) : primaryKey) ?? [];
	const config: TableConfig = {
		database,
		table: table.trim(),
		...(columnTypes.length > 0 ? { columns: columnTypes } : {}),
		...(key.length > 0 ? { primaryKey: key } : {}),
		...{ load, create, adopt, onBadRow },
		timeoutMs:
			timeoutSeconds === undefined
				? TABLE_TIMEOUT_MS.fallback
				: readTime(timeoutSeconds, at('timeoutSeconds'), 'seconds', TABLE_TIMEOUT_MS),
	};
	inDialog(() => validateTable(config), at, PLACES);
	if (rows) checkColumns(config, rows, at);
	return { kind: 'table', ...config };
}

/** What an export's rows are. */
interface TableRows extends Pick<RowsToSend, 'output'> {
	readonly columns?: readonly Column[] | undefined;
}

function checkColumns(config: TableConfig, { output, columns }: TableRows, at: SettingPath): void {
	if (output === 'event' || !columns)
		throw new ConfigError(
			at('data'),
			'fields or columns: a table needs them, and whole events have none',
		);
	inDialog(() => shapeOf(config, { columns }, ''), at, PLACES);
}
