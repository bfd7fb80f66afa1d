import { ConfigError } from '../../errors';
import { joinPath } from '../../config-path';
import { checkFormat } from '../formats/check-format';
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
	checkFormat(format, { output, columns }, joinPath(path, 'format'));
	if (body !== 'row' && output !== 'event') {
		const expected = 'row: only whole events (without columns) have another body';
		throw new ConfigError(joinPath(path, 'body'), expected, body);
	}
}
