/** How the rows of a batch may be written, in the order to show them; `core/sink/formats` does it. Pure, since a browser loads it too. */
export const FORMAT_NAMES = ['json-array', 'ndjson', 'csv'] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/** How what is written so is called. */
export const FORMAT_ENDINGS: Readonly<Record<FormatName, string>> = {
	'json-array': '.json',
	ndjson: '.ndjson',
	csv: '.csv',
};
