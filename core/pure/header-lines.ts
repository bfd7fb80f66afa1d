/** What stands on the lines of a text field: `Name: value`, empty lines left out. A line without a colon has no name. */
export function parseHeaderLines(
	lines: string,
): readonly (readonly [name: string, value: string])[] {
	return lines
		.split(/\r?\n/)
		.map((line) => line.trim())
		.filter(Boolean)
		.map((line) => {
			const cut = line.indexOf(':');
			return cut < 0 ? ['', line] : [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
		});
}
