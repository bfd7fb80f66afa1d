/** Units of 1024, as the Keboola service counts them (K55). */
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

const NAMES: Readonly<Record<string, number>> = {
	'': 0,
	...names(0, 'b', 'byte', 'bytes'),
	...names(1, 'k', 'kb', 'kilo', 'kilobyte', 'kilobytes'),
	...names(2, 'm', 'mb', 'mega', 'megabyte', 'megabytes'),
	...names(3, 'g', 'gb', 'giga', 'gigabyte', 'gigabytes'),
	...names(4, 't', 'tb', 'tera', 'terabyte', 'terabytes'),
};

/**
 * Reads a size such as `5MB`, `100 kB` or `2048`: an unsigned integer and an optional unit, any case. `Kb` and `Mb` are
 * refused, since they mean bits (K55).
 *
 * @returns bytes, or undefined when the text is no size
 */
export function parseByteSize(text: string): number | undefined {
	const match = /^(\d+)\s*([A-Za-z]*)$/.exec(text.trim());
	if (!match) return undefined;
	const [, digits = '', unit = ''] = match;
	if (/^[KMGT]b$/.test(unit)) return undefined;
	const power = Object.hasOwn(NAMES, unit.toLowerCase()) ? NAMES[unit.toLowerCase()] : undefined;
	if (power === undefined) return undefined;
	const bytes = Number(digits) * 1024 ** power;
	return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest exact form with the largest unit that divides: 1048576 → `1MB`, 102400 → `100KB` (K55). */
export function formatByteSize(bytes: number): string {
	let power = 0;
	let value = bytes;
	while (value !== 0 && value % 1024 === 0 && power < UNITS.length - 1) {
		value /= 1024;
		power += 1;
	}
	return `${value}${UNITS[power]}`;
}

/** For people: one decimal, and the unit changes above its own size only, so 1 MB is `1024.0 KB` (K59). */
export function humanByteSize(bytes: number): string {
	let power = 0;
	while (power < UNITS.length - 1 && bytes > 1024 ** (power + 1)) power += 1;
	return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power]}`;
}

function names(power: number, ...words: string[]): Record<string, number> {
	return Object.fromEntries(words.map((word) => [word, power]));
}
