import { ConfigError } from '../../errors';
import type { RowsToSend } from '../sink-kind';

/** Without columns each row would be a dead letter. @throws ConfigError */
export function checkFormat(
	format: string | undefined,
	{ output, columns }: RowsToSend,
	path: string,
): void {
	if (format !== 'csv' || (output !== 'event' && columns !== undefined)) return;
	const expected = 'json-array or ndjson: csv needs picked fields or columns, not whole events';
	throw new ConfigError(path, expected, format);
}
