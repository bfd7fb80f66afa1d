import { csv } from './csv';
import type { Format } from './format';
import type { FormatName } from '../../pure/format-names';
import { jsonArray } from './json-array';
import { ndjson } from './ndjson';

/** @param o.csvHeader default true: whoever takes CSV over HTTP mostly goes by the names */
export function findFormat(
	name: FormatName,
	{ csvHeader = true }: { readonly csvHeader?: boolean | undefined } = {},
): Format {
	switch (name) {
		case 'json-array':
			return jsonArray;
		case 'ndjson':
			return ndjson;
		case 'csv':
			return csv({ header: csvHeader });
	}
}
