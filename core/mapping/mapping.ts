import { ConfigError, CoreError, MappingError, ReceiveError } from '../errors';
import type { Profile } from '../event/body';
import { HintedError } from '../jsonnet/host-function';
import type { Event } from '../event/event';
import type { Column } from './column';
import type { ColumnRenderer, RowContext } from './columns/column-renderer';
import { compileColumn } from './columns/compile-column';
import { validateColumns } from './validate-columns';

export { validateColumns } from './validate-columns';

/** Compiled columns. Rendering is pure but for `uuid` columns, and fails as a whole or not at all. */
export interface Mapping {
	readonly columns: readonly Column[];
	/** Text of each column before CSV quoting (K80–K88); `id` is null without a rowId. */
	renderCells(event: Event, row?: RowContext): (string | null)[];
	/** Typed JSON by column name: numbers stay numbers, text has no quotes. */
	renderRecord(event: Event, row?: RowContext): Record<string, unknown>;
}

/**
 * Compiles columns once, to render many events.
 *
 * @param profile whose rules apply where Keboola Buffer and Stream differ (K2); default `buffer`
 * @throws ConfigError ERR_CONFIG_INVALID, MappingError ERR_TEMPLATE_SYNTAX. Rendering throws MappingError
 *   ERR_COLUMN_VALUE, ERR_TEMPLATE_RUNTIME, ERR_TEMPLATE_LIMIT and, for a body that cannot be read, ReceiveError
 *   ERR_BODY_UNREADABLE, ERR_CONTENT_TYPE; `details.column` names the column
 */
export function compileMapping(options: {
	readonly columns: readonly Column[];
	readonly profile?: Profile | undefined;
}): Mapping {
	const { columns, profile = 'buffer' } = options;
	if (profile !== 'buffer' && profile !== 'stream') {
		throw new ConfigError('profile', 'buffer or stream', profile);
	}
	validateColumns(columns, 'columns');
	const fields = columns.map((column) => ({
		name: column.name,
		renderer: lenientOfDeletions(column, compileColumn(column, profile)),
	}));
	return {
		columns,
		renderCells: (event, row = {}) =>
			fields.map(({ name, renderer }) => {
				try {
					return renderer.cell(event, row);
				} catch (error) {
					throw withColumn(error, name);
				}
			}),
		renderRecord: (event, row = {}) => renderRecord(fields, event, row),
	};
}

/** What is deleted has its key; of whatever else it lacks there is no value, since who deletes need not say it (O21, O22). */
function lenientOfDeletions({ primaryKey }: Column, renderer: ColumnRenderer): ColumnRenderer {
	if (primaryKey) return renderer;
	const orNull = <Value>(event: Event, render: () => Value): Value | null => {
		if (event.operation !== 'delete') return render();
		try {
			return render();
		} catch {
			return null;
		}
	};
	return {
		cell: (event, row) => orNull(event, () => renderer.cell(event, row)),
		value: (event, row) => orNull(event, () => renderer.value(event, row)),
	};
}

function renderRecord(
	fields: readonly { name: string; renderer: ColumnRenderer }[],
	event: Event,
	row: RowContext,
): Record<string, unknown> {
	const record: Record<string, unknown> = {};
	for (const { name, renderer } of fields) {
		try {
			define(record, name, renderer.value(event, row));
		} catch (error) {
			throw withColumn(error, name);
		}
	}
	return record;
}

/** A column named `__proto__` is data. */
function define(record: Record<string, unknown>, name: string, value: unknown): void {
	if (name !== '__proto__') {
		record[name] = value;
		return;
	}
	const attributes = { enumerable: true, configurable: true, writable: true };
	Object.defineProperty(record, name, { value, ...attributes });
}

/** The error of a column with its name. */
function withColumn(error: unknown, column: string): CoreError {
	if (!(error instanceof CoreError)) {
		const message = error instanceof Error ? error.message : 'the column failed';
		const hint = error instanceof HintedError ? { hint: error.hint } : {};
		const details = { column, ...hint };
		return new MappingError('ERR_COLUMN_VALUE', message, { cause: error, details });
	}
	const options = { cause: error.cause, details: { ...error.details, column } };
	return error instanceof ReceiveError
		? new ReceiveError(error.code, error.message, options)
		: new MappingError(error.code, error.message, options);
}
