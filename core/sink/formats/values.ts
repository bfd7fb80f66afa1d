/** Rows that are values already, as in a flow, as the bytes of one request. */
import { MappingError } from '../../errors';
import { isWholeEvent, withoutCredentials } from '../../event/sender-credentials';
import { jsonText } from '../../event/write-json';
import { formatCsvRow } from '../../mapping/csv';
import { cellText } from '../records';
import { connectorBody, NO_EVENT } from './event-body';
import { findFormat } from './find-format';
import type { FormatOptions } from './format';
import type { FormatName } from '../../pure/format-names';
import { joinJson } from './json-array';

export interface ValueFormat {
	readonly contentType: string;
	/** One row. @throws MappingError, ReceiveError: they concern this row alone */
	write(row: unknown): string;
	/** All of it, of rows that were written. */
	join(texts: readonly string[]): string;
}

export interface ValueOptions extends FormatOptions {
	/** Default json-array. */
	readonly format?: FormatName | undefined;
	/** Default true. */
	readonly csvHeader?: boolean | undefined;
}

/** @param rows all of them: the first one names the columns of CSV */
export function valueFormat(rows: readonly unknown[], options: ValueOptions): ValueFormat {
	const { format = 'json-array', csvHeader = true } = options;
	const { contentType } = findFormat(format);
	const write = (row: unknown): string => jsonText(chosenOf(row, options));
	switch (format) {
		case 'json-array':
			return { contentType, write, join: joinJson };
		case 'ndjson':
			return { contentType, write, join: (texts) => texts.map((text) => `${text}\n`).join('') };
		case 'csv': {
			const names = Object.keys(rows.find(isRecord) ?? {});
			return {
				contentType,
				write: (row) => formatCsvRow(cellsOf(row, names)),
				join: (texts) => [...(csvHeader ? [formatCsvRow(names)] : []), ...texts].join(''),
			};
		}
	}
}

/** What of a row is sent; see `RowBody`. */
function chosenOf(
	row: unknown,
	{ body = 'row', labels = [], sendCredentials }: FormatOptions,
): unknown {
	if (body === 'row') return sendCredentials ? row : withoutCredentials(row);
	const own = isWholeEvent(row) ? row.body : row;
	if (body === 'body') return own;
	const chosen = connectorBody(own, labels);
	if (chosen === undefined) throw unfit(NO_EVENT);
	return chosen;
}

function cellsOf(row: unknown, names: readonly string[]): (string | null)[] {
	if (!isRecord(row)) throw unfit('it has no columns; map it first, or choose another format');
	return names.map((name) => {
		const value = Object.hasOwn(row, name) ? row[name] : null;
		return value === null || value === undefined ? null : cellText(JSON.parse(jsonText(value)));
	});
}

/** Mapped rows alone: a whole event is no line of a table. */
function isRecord(row: unknown): row is Readonly<Record<string, unknown>> {
	return typeof row === 'object' && row !== null && !Array.isArray(row) && !isWholeEvent(row);
}

function unfit(why: string): MappingError {
	return new MappingError('ERR_COLUMN_VALUE', `a row cannot be sent: ${why}`);
}
