/** How the rows of a batch may be written, in the order to show them. */
export const FORMAT_NAMES = ['json-array', 'ndjson', 'csv'] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
