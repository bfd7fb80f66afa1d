/**
 * Where COPY stopped, as the context of its error says: `COPY name, line 3, column c1: "…"`. The words between are those of the server's
 * language (lc_messages), which only a superuser may change.
 *
 * @returns the line, from 1, and the number behind the `c` of the column, where it names one
 */
export function copyPlace(
	context: string,
): { readonly line: number; readonly column: number | undefined } | undefined {
	const [, line, column] = /^COPY \S+[^\d:]*(\d+)(?:,[^\d:"]*\bc(\d+))?/.exec(context) ?? [];
	if (line === undefined) return undefined;
	return { line: Number(line), column: column === undefined ? undefined : Number(column) };
}
