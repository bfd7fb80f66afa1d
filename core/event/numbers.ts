/**
 * Numbers of JSON text that a JavaScript number cannot hold: what leaves as JSON carries them as they came, and a flow, whose numbers
 * are doubles, may get them as text.
 *
 * `double`: rounded, as `JSON.parse` does · `exact`: for `JSON.stringify`, which writes each number as it was sent; no numbers to
 * calculate with · `text`: doubles, but texts where a double would be another number.
 */
export type Numbers = 'double' | 'exact' | 'text';

/**
 * Numbers that JavaScript would write in another way: an exponent, a last zero after the point, more than 15 digits, minus
 * zero, many zeros after the point. Also matches some texts, which costs time and nothing else: parsing with a function
 * takes seven times as long.
 */
const CHANGING_NUMBER = /\d[eE][+-]?\d|\.\d*0(?!\d)|\d{16}|[\d.]{17}|-0(?![.\d])|\.0{6}/;

/** Whether `parseJson` gives another value for this text when numbers are not doubles; may say yes for nothing. */
export function hasChangingNumbers(json: string): boolean {
	return CHANGING_NUMBER.test(json);
}

/** @throws SyntaxError with a part of the text in its message */
export function parseJson(json: string, numbers: Numbers): unknown {
	if (numbers === 'double' || !hasChangingNumbers(json)) return JSON.parse(json);
	const convert = numbers === 'exact' ? rawJSON : textIfRounded;
	return JSON.parse(json, (_key: string, value: unknown, context?: { source?: string }) =>
		typeof value === 'number' && context?.source !== undefined ? convert(context.source) : value,
	);
}

/** Text by which a value of `exact` numbers is told apart from others, such as a key: as it was sent where a double would be another number. */
export function keyText(value: unknown): string | undefined {
	if (typeof value === 'string' || typeof value === 'boolean') return String(value);
	if (typeof value === 'number') return String(value);
	return isRawJSON(value) ? String(textIfRounded(JSON.stringify(value))) : undefined;
}

// In the language since ES2025, in V8 since Node 21; the es2023 library of TypeScript does not know them.
const { rawJSON, isRawJSON } = JSON as unknown as {
	rawJSON(text: string): unknown;
	isRawJSON(value: unknown): boolean;
};

/** 1.10 and 1e2 are the numbers 1.1 and 100; 9007199254740993 and 1e400 are no JavaScript numbers, and stay text. */
function textIfRounded(source: string): number | string {
	const value = Number(source);
	if (value === 0) return /^-?[0.]*(?:e|$)/i.test(source) ? value : source;
	return Number.isFinite(value) && canonical(source) === canonical(String(value)) ? value : source;
}

/** Significant digits and the exponent of the last one, of a number that is not zero: the same for all spellings of a decimal number. The sign never changes. */
function canonical(decimal: string): string {
	const [mantissa = '', exponent = '0'] = decimal.replace('-', '').split(/e/i);
	const [whole = '', fraction = ''] = mantissa.split('.');
	const digits = (whole + fraction).replace(/^0+/, '');
	const significant = withoutLastZeros(digits);
	const last =
		BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
	return `${significant}e${last}`;
}

/** By hand: an expression for it tries again at every zero, and a body has room for a million. */
function withoutLastZeros(digits: string): string {
	let end = digits.length;
	while (digits[end - 1] === '0') end -= 1;
	return digits.slice(0, end);
}
