/** Whole numbers within bounds, and how texts and messages write them. */

/** Inclusive. */
export interface Range {
	readonly min: number;
	readonly max: number;
}

export function isWhole(value: unknown, { min, max }: Range): value is number {
	return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** What a message expects. */
export function wholeExpectation({ min, max }: Range): string {
	return `a whole number from ${grouped(min)} to ${grouped(max)}`;
}

/** `86,400`, whatever the language of the machine. */
export function grouped(value: number): string {
	return value.toLocaleString('en-US');
}
