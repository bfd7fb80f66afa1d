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
 * zero, many zeros after the point.
 */
const CHANGING_NUMBER = /[eE]|\.\d*0$|\d{16}|[\d.]{17}|^-0$|\.0{6}/;

/** As long as a whole number may be that no double changes. */
const MAX_SAFE_DIGITS = 15;

const [QUOTE, BACKSLASH, MINUS, POINT, ZERO, NINE] = [0x22, 0x5c, 0x2d, 0x2e, 0x30, 0x39];

/**
 * Whether `parseJson` gives another value for this text when numbers are not doubles; may say yes for nothing. Texts inside it are
 * jumped over: nearly every body has a time such as `12:00:00.000Z`, and parsing with a function takes seven times as long.
 *
 * @param json what is no JSON may be answered in any way
 */
export function hasChangingNumbers(json: string): boolean {
	for (let i = 0; i < json.length; i++) {
		const code = json.charCodeAt(i);
		if (code === QUOTE) {
			i = endOfText(json, i);
			if (i < 0) return false;
		} else if (code === MINUS || (code >= ZERO && code <= NINE)) {
			const end = endOfNumber(json, i);
			if (isChanging(json, i, end)) return true;
			i = end - 1;
		}
	}
	return false;
}

/** Index of the closing quote, -1 where there is none. */
function endOfText(json: string, start: number): number {
	let end = json.indexOf('"', start + 1);
	while (end > 0 && json.charCodeAt(end - 1) === BACKSLASH && isEscaped(json, end))
		end = json.indexOf('"', end + 1);
	return end;
}

/** An odd number of backslashes stands before it. */
function isEscaped(json: string, at: number): boolean {
	let first = at;
	while (json.charCodeAt(first - 1) === BACKSLASH) first -= 1;
	return (at - first) % 2 === 1;
}

function endOfNumber(json: string, start: number): number {
	let end = start + 1;
	for (let code = json.charCodeAt(end); isOfNumber(code); code = json.charCodeAt(end)) end += 1;
	return end;
}

/** A digit, a sign, a point or an exponent. */
function isOfNumber(code: number): boolean {
	return (code >= ZERO && code <= NINE) || code === POINT || code === MINUS || EXPONENT.has(code);
}

const EXPONENT: ReadonlySet<number> = new Set([0x65, 0x45, 0x2b]);

function isChanging(json: string, start: number, end: number): boolean {
	const length = end - start;
	// Nearly all: a digit or a few.
	if (length === 1) return false;
	if (length <= MAX_SAFE_DIGITS && json.charCodeAt(start) !== MINUS && isWhole(json, start, end))
		return false;
	return length <= SHORT
		? isRewritten(json, start, end)
		: CHANGING_NUMBER.test(json.slice(start, end));
}

/** What is no longer has neither digits that a double loses nor zeros enough behind its point to be written with an exponent. */
const SHORT = 8;

/** The same of short ones, such as 21.35, which nearly all are. */
function isRewritten(json: string, start: number, end: number): boolean {
	let hasPoint = false;
	for (let i = start; i < end; i++) {
		const code = json.charCodeAt(i);
		if (EXPONENT.has(code)) return true;
		hasPoint ||= code === POINT;
	}
	if (json.charCodeAt(end - 1) !== ZERO) return false;
	return hasPoint || (end - start === 2 && json.charCodeAt(start) === MINUS);
}

function isWhole(json: string, start: number, end: number): boolean {
	for (let i = start; i < end; i++) {
		const code = json.charCodeAt(i);
		if (code < ZERO || code > NINE) return false;
	}
	return true;
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

/** A number in the one spelling of its value, so that 1.10 and 1.1 are the same: as JavaScript writes it, or as digits and exponent where a double would be another number. */
export function canonicalNumber(source: string): string {
	const value = textIfRounded(source);
	if (typeof value === 'number') return JSON.stringify(value);
	return `${source.startsWith('-') ? '-' : ''}${canonical(source)}`;
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
	const [mantissa = '', exponent = '0'] = decimal.replace(/^-/, '').split(/e/i);
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
