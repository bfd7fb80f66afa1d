/** What a row may hold; null is an empty field. */
export type CsvCell = string | number | boolean | null;

/**
 * One row of CSV. Separator `,`, end `\n`; line breaks inside a field stay as they are.
 *
 * @param options quote `needed`: only where a reader would misread the field (K78); `always`: every field (K79)
 */
export function formatCsvRow(
	cells: readonly CsvCell[],
	options: { readonly quote: 'needed' | 'always' } = { quote: 'needed' },
): string {
	const format = options.quote === 'always' ? quoteField : formatField;
	return `${cells.map((cell) => format(cell === null ? '' : String(cell))).join(',')}\n`;
}

/** White space as Unicode and Go see it: with U+0085, without the byte order mark that `\s` has. */
const NEEDS_QUOTES =
	/[,"\r\n]|^[\t\v\f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function formatField(text: string): string {
	// `\.` alone ends the data in PostgreSQL's COPY.
	return NEEDS_QUOTES.test(text) || text === '\\.' ? quoteField(text) : text;
}

function quoteField(text: string): string {
	return `"${text.replaceAll('"', '""')}"`;
}
