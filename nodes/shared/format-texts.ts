import type { FormatName } from '../../core/index';

/** What the editor says of each format that core has. */
export const FORMATS: Readonly<Record<FormatName, string>> = {
	'json-array': 'JSON Array',
	ndjson: 'NDJSON (a Line per Row)',
	csv: 'CSV',
};
