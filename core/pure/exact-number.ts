/**
 * Numbers of JSON by their own text: a JavaScript number, or the object of `JSON.rawJSON` where a double would be written in another
 * way. Pure, since a browser infers types by it; one that is too old for `rawJSON` has doubles alone.
 */

// In the language since ES2025; the es2023 library of TypeScript does not know them.
const { rawJSON, isRawJSON } = JSON as unknown as {
	readonly rawJSON?: (text: string) => unknown;
	readonly isRawJSON?: (value: unknown) => boolean;
};

/** The text of a number as JSON writes it; undefined for what is no number. */
export function numberText(value: unknown): string | undefined {
	if (typeof value === 'number') return String(value);
	return isRawJSON?.(value) === true ? JSON.stringify(value) : undefined;
}

/** @param text of a number, as JSON writes it */
export function exactNumber(text: string): unknown {
	const value = Number(text);
	return String(value) === text || !rawJSON ? value : rawJSON(text);
}

/** JSON with its numbers as they are written. @throws SyntaxError with a part of the text in its message */
export function parseExact(json: string): unknown {
	return JSON.parse(json, (_name: string, value: unknown, context?: { source?: string }) =>
		typeof value === 'number' && context?.source !== undefined
			? exactNumber(context.source)
			: value,
	);
}

/** A decimal number in parts; the point stands before the digit of this index. */
interface Decimal {
	readonly sign: '' | '-';
	/** Without zeros before them. */
	readonly digits: string;
	readonly point: number;
}

/** Far beyond any double, and short enough to be written in full. */
const MAX_EXPONENT_DIGITS = 6;

/** As JSON, and spellings of people: a sign, a comma for the point, no digit on one side of it. */
const NUMBER = /^([+-]?)(\d*)(?:[.,](\d*))?(?:[eE]([+-]?\d+))?$/;

/** undefined for what is no number, and for an exponent that no number needs. */
export function parseDecimal(text: string): Decimal | undefined {
	const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
	if (sign === undefined || whole + fraction === '') return undefined;
	if (exponent.length > MAX_EXPONENT_DIGITS) return undefined;
	const all = whole + fraction;
	let zeros = 0;
	while (all.charCodeAt(zeros) === ZERO) zeros += 1;
	return {
		sign: sign === '-' ? '-' : '',
		digits: all.slice(zeros),
		point: whole.length - zeros + Number(exponent),
	};
}

const ZERO = 0x30;

/** Digits of 2^63. */
const MAX_INT_DIGITS = 19;
const INT = { min: -(2n ** 63n), max: 2n ** 63n - 1n } as const;

/**
 * The part of a number before the point, as a whole number of 64 bits, and whether nothing is behind it.
 *
 * @returns undefined where it has more bits
 */
export function wholePart(
	number: Decimal,
): { readonly text: string; readonly isAll: boolean } | undefined {
	const { sign, digits, point } = number;
	const isAll = !/[1-9]/.test(digits.slice(Math.max(point, 0)));
	if (digits === '' || point <= 0) return { text: '0', isAll };
	if (point > MAX_INT_DIGITS) return undefined;
	const text = `${sign}${digits.slice(0, point).padEnd(point, '0')}`;
	const value = BigInt(text);
	return value < INT.min || value > INT.max ? undefined : { text, isAll };
}
