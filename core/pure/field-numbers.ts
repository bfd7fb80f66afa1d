import { exactNumber, numberText, parseDecimal, wholePart } from './exact-number';
import type { FieldKind } from './field-kind';

/** A whole number of 64 bits; of a fraction the part before the point stays (O25). */
export const int: FieldKind = {
	takes: (value) => isInt(numberText(value)),
	convert(value) {
		const text = numberText(value) ?? trimmed(value);
		const number = text === undefined ? undefined : parseDecimal(text);
		const whole = number && wholePart(number);
		if (whole === undefined) return undefined;
		return whole.text === text && typeof value !== 'string' ? value : exactNumber(whole.text);
	},
	expected: 'a whole number of 64 bits',
	convertible: 'a number of 64 bits',
};

/** A number that a double can hold, nearly; it keeps its digits (O26). */
export const double: FieldKind = {
	takes: (value) => fitsDouble(numberText(value)),
	convert(value) {
		if (typeof value !== 'string') return fitsDouble(numberText(value)) ? value : undefined;
		const text = jsonNumber(value.trim());
		return text === undefined ? undefined : exactNumber(text);
	},
	expected: 'a number',
	convertible: 'a number',
};

const TRUTH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
	['true', true],
	['1', true],
	['false', false],
	['0', false],
]);

export const boolean: FieldKind = {
	takes: (value) => typeof value === 'boolean',
	convert(value) {
		if (typeof value === 'boolean') return value;
		const text = numberText(value) ?? trimmed(value);
		return TRUTH.get(text?.toLowerCase());
	},
	expected: 'true or false',
	convertible: 'true, false, 1 or 0',
};

/** Of a text. */
function trimmed(value: unknown): string | undefined {
	return typeof value === 'string' ? value.trim() : undefined;
}

function isInt(text: string | undefined): boolean {
	const number = text === undefined ? undefined : parseDecimal(text);
	return number !== undefined && wholePart(number)?.isAll === true;
}

function fitsDouble(text: string | undefined): boolean {
	return text !== undefined && Number.isFinite(Number(text));
}

/** A number as a person writes it, as JSON writes it; its digits stay. */
function jsonNumber(text: string): string | undefined {
	const number = parseDecimal(text);
	if (number === undefined) return undefined;
	const [mantissa = '', exponent] = text.replace(',', '.').split(/e/i);
	const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
	const written = [
		number.sign,
		whole.replace(/^0+/, '') || '0',
		fraction === '' ? '' : `.${fraction}`,
		exponent === undefined ? '' : `e${exponent}`,
	].join('');
	return fitsDouble(written) ? written : undefined;
}
