import { ConfigError } from '../../errors';
import { TABLE_TIMEOUT_MS } from '../../pure/bounds';
import { joinPath } from '../../config-path';
import type { SinkKind } from '../sink-kind';
import { holdDatabase } from './open-database';
import { validateTable, type TableConfig } from './table-config';
import { shapeOf } from './table-shape';
import { createTableSink } from './table-sink';

/** A table of a database that somebody has configured. */
export const tableKind: SinkKind<TableConfig> = {
	fields: {
		database: true,
		table: true,
		columns: true,
		primaryKey: true,
		load: true,
		create: true,
		adopt: true,
		onBadRow: true,
		timeoutMs: true,
	},
	secrets: {},
	validate: validateTable,
	checkRows(config, { output, columns, order = 'any', maxInFlight = 1 }, path) {
		if (output === 'event') {
			throw new ConfigError(
				joinPath(path, 'kind'),
				'an export with columns, which a table needs',
				'table',
			);
		}
		const shape = shapeOf(config, { columns: columns as never }, path);
		if (!shape) throw new ConfigError(joinPath(path, 'columns'), 'at least one column');
		// A row takes the place of the one with its key, a full load that of all: an older state must not come after a newer one.
		const replaces = shape.primaryKey.length > 0 || config.load === 'full';
		if (replaces && (order === 'any' || maxInFlight > 1)) {
			throw new ConfigError(
				joinPath(path, 'kind'),
				'for a primary key or a full load an export with order strict or key, and one batch at once (maxInFlight 1)',
				'table',
			);
		}
	},
	create(config, { databases, onExchange, logger }, path) {
		const found = databases?.(config.database);
		if (!found) {
			throw new ConfigError(
				joinPath(path, 'database'),
				'the name of a database that is configured',
				config.database,
			);
		}
		const { table, timeoutMs = TABLE_TIMEOUT_MS.fallback } = config;
		const database = holdDatabase(found, { table, timeoutMs, path, logger });
		return createTableSink(config, database, { isTrial: onExchange !== undefined });
	},
};
