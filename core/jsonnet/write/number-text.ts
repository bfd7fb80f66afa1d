import { run } from '../evaluate/run';

/** Number text of the running evaluation: 17 digits, or the shortest with `shortestNumbers` (J46, J47). */
export function numberText(value: number): string {
	if (Number.isSafeInteger(value))
		return value === 0 && Object.is(value, -0) ? minusZero() : `${value}`;
	return run.shortestNumbers || isShort(value) ? `${value}` : exactText(value);
}

/** At most 7 digits before and 8 after the point, all exact: then the shortest digits are all there are. */
function isShort(value: number): boolean {
	return (value * 256) % 1 === 0 && Math.abs(value) < 1e7;
}

/** `JSON.stringify(-0)` is `0`. */
function minusZero(): string {
	return run.shortestNumbers ? '0' : '-0';
}

/** C's `%.0f` for integers and `%.17g` for the rest (J46). */
function exactText(value: number): string {
	if (Object.is(value, -0)) return '-0';
	if (Number.isInteger(value)) return Number.isSafeInteger(value) ? `${value}` : `${BigInt(value)}`;
	const digits = significantDigits(value);
	const exponentAt = digits.indexOf('e');
	const exponent = exponentAt === -1 ? plainExponent(digits) : Number(digits.slice(exponentAt + 1));
	const mantissa = exponentAt === -1 ? digits : digits.slice(0, exponentAt);
	if (exponent >= -4) return stripZeros(mantissa);
	if (exponentAt !== -1) return `${stripZeros(mantissa)}e-${padExponent(-exponent)}`;
	// JavaScript writes 0.00001 in plain digits, C does not.
	const significant = stripLeadingZeros(mantissa);
	const sign = value < 0 ? '-' : '';
	const point = `${significant.charAt(0)}.${significant.slice(1)}`;
	return `${sign}${stripZeros(point)}e-${padExponent(-exponent)}`;
}

/** The shortest digits that read back, always without an exponent (J48). */
export function plainText(value: number): string {
	const text = Object.is(value, -0) ? '-0' : `${value}`;
	const exponentAt = text.indexOf('e');
	if (exponentAt === -1) return text;
	const exponent = Number(text.slice(exponentAt + 1));
	const sign = value < 0 ? '-' : '';
	const [whole = '', fraction = ''] = text.slice(sign.length, exponentAt).split('.');
	const digits = whole + fraction;
	if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
	return `${sign}${digits.padEnd(exponent + 1, '0')}`;
}

/**
 * Seventeen significant digits. `toPrecision` rounds a tie up, C rounds it to even (J49). A tie has exactly 18 digits and
 * ends in 5, so it has at most 25 binary digits after the point.
 */
function significantDigits(value: number): string {
	const digits = value.toPrecision(17);
	if (Math.abs(value) > 2 ** 27 || (value * 2 ** 25) % 1 !== 0) return digits;
	const exact = value.toPrecision(40);
	const coefficient = significantOf(exact);
	if (coefficient.charAt(17) !== '5' || /[1-9]/.test(coefficient.slice(18))) return digits;
	const isEven = Number(coefficient.charAt(16)) % 2 === 0;
	// Cutting the exact digits rounds down; up is what toPrecision did.
	return isEven ? cutDigits(exact, 17) : digits;
}

function significantOf(text: string): string {
	const exponentAt = text.indexOf('e');
	const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
	return stripLeadingZeros(mantissa);
}

function cutDigits(text: string, count: number): string {
	const exponentAt = text.indexOf('e');
	const mantissa = exponentAt === -1 ? text : text.slice(0, exponentAt);
	const tail = exponentAt === -1 ? '' : text.slice(exponentAt);
	let seen = 0;
	for (let i = 0; i < mantissa.length; i++) {
		const char = mantissa.charAt(i);
		if (char === '-' || char === '.' || (seen === 0 && char === '0')) continue;
		seen += 1;
		if (seen === count) return mantissa.slice(0, i + 1) + tail;
	}
	return text;
}

/** Exponent of a number in plain digits that is below 1: 0.0012 → -3. Others need none. */
function plainExponent(text: string): number {
	const start = text.startsWith('-') ? 1 : 0;
	if (text.charAt(start) !== '0') return 0;
	let at = start + 2;
	while (text.charAt(at) === '0') at += 1;
	return -(at - start - 1);
}

function stripLeadingZeros(text: string): string {
	return text.replace('-', '').replace('.', '').replace(/^0+/, '');
}

function stripZeros(text: string): string {
	if (!text.includes('.')) return text;
	let end = text.length;
	while (text.charAt(end - 1) === '0') end -= 1;
	return text.slice(0, text.charAt(end - 1) === '.' ? end - 1 : end);
}

function padExponent(exponent: number): string {
	return exponent < 10 ? `0${exponent}` : `${exponent}`;
}
