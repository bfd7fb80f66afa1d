/**
 * Hints: a further sentence behind the message of an error, where people write JavaScript, n8n's or Node-RED's language, or
 * misspell a name. Only what fails anyway gets one, so no valid program is ever judged by these tables.
 *
 * To add one: a line in the table of its kind (characters, words, variables, members, functions of std) and a row in the tests.
 */

/** Reads a table that people's words are looked up in (J92). */
export function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Longer names are not compared. */
const MAX_NAME = 40;

/** The known name that is the closest to a misspelt one; undefined when none is close. */
export function closest(name: string, known: Iterable<string>): string | undefined {
	if (name.length > MAX_NAME) return undefined;
	let best: string | undefined;
	// One letter in four may be wrong, in short names one.
	let bound = Math.max(1, Math.floor(name.length / 4)) + 1;
	for (const candidate of known) {
		if (candidate === name || candidate.startsWith('__') || candidate.length < 3) continue;
		const distance =
			candidate.toLowerCase() === name.toLowerCase()
				? 0
				: distanceOf(name.toLowerCase(), candidate.toLowerCase());
		if (distance < bound) {
			bound = distance;
			best = candidate;
		}
	}
	return best;
}

/** Letters to add, drop, change, or swap with their neighbour. */
function distanceOf(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const isSame = a[i - 1] === b[j - 1];
			let cost = Math.min(
				(last[j] ?? 0) + 1,
				(row[j - 1] ?? 0) + 1,
				(last[j - 1] ?? 0) + (isSame ? 0 : 1),
			);
			const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			if (isSwap) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
			row.push(cost);
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length] ?? 0;
}
