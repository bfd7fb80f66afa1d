import { ConfigError } from '../../errors';
import { joinPath } from '../config-path';
import type { RowsToSend } from '../sink-kind';
import type { HttpSinkConfig } from './http-config';

/** Columns and what is sent of them have to fit: else each row would be a dead letter. So have order and requests at once. @throws ConfigError */
export function checkHttpRows(
	{ format, body = 'row', concurrency = 1 }: HttpSinkConfig,
	{ output, columns, order }: RowsToSend,
	path: string,
): void {
	if (order === 'strict' && concurrency > 1) {
		throw new ConfigError(
			joinPath(path, 'concurrency'),
			'1 where the order is strict: each request waits for the one before it',
			concurrency,
		);
	}
	const isWhole = output === 'event' || columns === undefined;
	if (format === 'csv' && isWhole) {
		const expected = 'json-array or ndjson: csv needs picked fields or columns, not whole events';
		throw new ConfigError(joinPath(path, 'format'), expected, format);
	}
	if (body !== 'row' && output !== 'event') {
		const expected = 'row: only whole events (without columns) have another body';
		throw new ConfigError(joinPath(path, 'body'), expected, body);
	}
}
