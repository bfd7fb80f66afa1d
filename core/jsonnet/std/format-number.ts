/** Numbers in the arithmetic of the library's own format function, quirks included (J57, J58). */
import { power } from './float';

/** What a code such as `%-08.3f` asks for. */
export interface NumberFormat {
	readonly blank: boolean;
	readonly plus: boolean;
	readonly alternate: boolean;
	readonly upperCase: boolean;
}

const UNSIGNED = { blank: false, plus: false };
const SIGNED = { blank: false, plus: true };

export function renderInteger(
	isNegative: boolean,
	magnitude: number,
	minimumWidth: number,
	minimumDigits: number,
	radix: number,
	format: Pick<NumberFormat, 'blank' | 'plus'>,
	prefix = '',
): string {
	const signWidth = isNegative || format.blank || format.plus ? 1 : 0;
	const digits = magnitude === 0 ? '0' : prefix + digitsOf(magnitude, radix);
	const padded = digits.padStart(Math.max(minimumWidth - signWidth, minimumDigits), '0');
	return signOf(isNegative, format) + padded;
}

export function renderHex(
	value: number,
	precision: number,
	zeroPad: number,
	format: NumberFormat,
): string {
	const { alternate, upperCase } = format;
	const isNegative = value < 0;
	const magnitude = Math.floor(Math.abs(value));
	const digits = magnitude === 0 ? '0' : digitsOf(magnitude, 16);
	const signWidth = isNegative || format.blank || format.plus ? 1 : 0;
	const width = zeroPad - signWidth - (alternate ? 2 : 0);
	const padded = digits.padStart(Math.max(width, precision), '0');
	const text = (alternate ? '0x' : '') + padded;
	return signOf(isNegative, format) + (upperCase ? text.toUpperCase() : text);
}

/** `%f`; `trailing` keeps zeros at the end. */
export function renderDecimal(
	value: number,
	precision: number,
	trailing: boolean,
	zeroPad: number,
	format: NumberFormat,
): string {
	const magnitude = Math.abs(value);
	const denominator = power(10, precision);
	const numerator = magnitude * denominator + 0.5;
	const whole = Math.sign(magnitude) * Math.floor(numerator / denominator);
	const fraction = Math.floor(numerator) % denominator;
	const dotWidth = precision === 0 && !format.alternate ? 0 : 1;
	const width = zeroPad - precision - dotWidth;
	const text = renderInteger(value < 0, whole, width, 0, 10, format);
	if (precision === 0) return format.alternate ? `${text}.` : text;
	if (!trailing && !(fraction > 0)) return text;
	const digits = renderInteger(false, fraction, precision, 0, 10, UNSIGNED);
	return `${text}.${trailing ? digits : stripZeros(digits)}`;
}

/** `%e` */
export function renderScientific(
	value: number,
	precision: number,
	trailing: boolean,
	zeroPad: number,
	format: NumberFormat,
): string {
	const exponent = decimalExponent(value);
	const digits = renderInteger(exponent < 0, Math.abs(exponent), 3, 0, 10, SIGNED);
	const suffix = (format.upperCase ? 'E' : 'e') + digits;
	// 10^-324 is 0: one power of ten goes to the other side.
	const mantissa =
		exponent === -324 ? (value * 10) / power(10, exponent + 1) : value / power(10, exponent);
	return renderDecimal(mantissa, precision, trailing, zeroPad - suffix.length, format) + suffix;
}

/** `%g` */
export function renderGeneral(
	value: number,
	precision: number,
	zeroPad: number,
	format: NumberFormat,
): string {
	const exponent = decimalExponent(value);
	const trailing = format.alternate;
	if (exponent < -4 || exponent >= precision) {
		return renderScientific(value, precision - 1, trailing, zeroPad, format);
	}
	return renderDecimal(value, precision - Math.max(1, exponent + 1), trailing, zeroPad, format);
}

/** By logarithm, so 1000 has the exponent 2 (J57). */
function decimalExponent(value: number): number {
	return value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(10));
}

/** Digit by digit with floor and remainder, as the library does, so inexact above 2^53. */
function digitsOf(magnitude: number, radix: number): string {
	if (Number.isSafeInteger(magnitude)) return magnitude.toString(radix);
	let text = '';
	for (let rest = magnitude; rest !== 0; rest = Math.floor(rest / radix)) {
		text = (rest % radix).toString(radix) + text;
	}
	return text;
}

function signOf(isNegative: boolean, format: Pick<NumberFormat, 'blank' | 'plus'>): string {
	if (isNegative) return '-';
	if (format.plus) return '+';
	return format.blank ? ' ' : '';
}

function stripZeros(digits: string): string {
	let end = digits.length;
	while (end > 0 && digits.charAt(end - 1) === '0') end -= 1;
	return digits.slice(0, end);
}
