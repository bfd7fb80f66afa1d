import { findField, hasField, isObject } from '../evaluate/fields';
import { allocateString, checkStringLength, limitError, runtimeError, step } from '../evaluate/run';
import { textLength } from '../evaluate/text';
import { asNumber, asString, force, kindOf } from '../evaluate/value';
import { toText } from '../write/json-text';
import { characterOf } from './character';
import { parseFormat } from './format-code';
import {
	renderDecimal,
	renderGeneral,
	renderHex,
	renderInteger,
	renderScientific,
} from './format-number';

import type { ArrayValue, Value } from '../evaluate/value';
import type { FormatCode } from './format-code';
import type { ObjectValue } from '../evaluate/fields';

/** Bound of a width and of a precision (J90). */
const MAX_WIDTH = 1000;

/** `format % values` and `std.format` (J57–J59). */
export function formatPercent(format: Value, values: Value): string {
	const codes = parseFormat(asString(format));
	const text = isObject(values)
		? formatObject(codes, values)
		: formatArray(codes, Array.isArray(values) ? values : [values]);
	allocateString(text.length);
	return text;
}

function formatArray(codes: readonly (string | FormatCode)[], values: ArrayValue): string {
	let text = '';
	let used = 0;
	for (let i = 0; i < codes.length; i++) {
		step();
		const code = codes[i] as string | FormatCode;
		if (typeof code === 'string') {
			text += code;
			checkStringLength(text.length);
			continue;
		}
		const width = code.width === '*' ? asNumber(valueAt(values, used++, 'at least')) : code.width;
		const precision =
			code.precision === '*' ? asNumber(valueAt(values, used++, 'at least')) : code.precision;
		checkWidth(width, precision);
		if (code.type === '%') {
			text += pad('%', width, code);
		} else {
			const value = valueAt(values, used, 'more than');
			text += pad(render(value, code, width, precision, used), width, code);
			used += 1;
			checkStringLength(text.length);
		}
	}
	if (used < values.length) {
		throw runtimeError(`Too many values to format: ${values.length}, expected ${used}`);
	}
	return text;
}

function valueAt(values: ArrayValue, at: number, wanted: string): Value {
	const item = values[at];
	if (item !== undefined) return force(item);
	throw runtimeError(`Not enough values to format: ${values.length}, expected ${wanted} ${at}`);
}

function formatObject(codes: readonly (string | FormatCode)[], values: ObjectValue): string {
	let text = '';
	for (const code of codes) {
		step();
		if (typeof code === 'string') {
			text += code;
			checkStringLength(text.length);
			continue;
		}
		const { key, width, precision } = code;
		if (key === undefined) throw runtimeError('Mapping keys required.');
		if (width === '*') throw runtimeError('Cannot use * field width with object.');
		if (precision === '*') throw runtimeError('Cannot use * precision with object.');
		checkWidth(width, precision);
		if (code.type === '%') {
			text += pad('%', width, code);
			continue;
		}
		const value = hasField(values, key, true) ? findField(values, key) : undefined;
		if (value === undefined) throw runtimeError(`No such field: ${key}`);
		text += pad(render(value, code, width, precision, key), width, code);
		checkStringLength(text.length);
	}
	return text;
}

function render(
	value: Value,
	code: FormatCode,
	width: number,
	precision: number | undefined,
	at: number | string,
): string {
	const { type } = code;
	if (type === 's') return toText(value);
	if (type === 'c') return renderCharacter(value);
	if (type === '%') return '%';
	if (typeof value !== 'number') {
		throw runtimeError(`Format required number at ${at}, got ${kindOf(value)}`);
	}
	const zeroPad = code.zero && !code.left ? width : 0;
	const digits = precision ?? 0;
	const places = precision ?? 6;
	switch (type) {
		case 'd':
		case 'o': {
			const magnitude = Math.floor(Math.abs(value));
			const prefix = code.type === 'o' && code.alternate ? '0' : '';
			const radix = code.type === 'o' ? 8 : 10;
			return renderInteger(value <= -1, magnitude, zeroPad, digits, radix, code, prefix);
		}
		case 'x':
			return renderHex(Math.floor(value), digits, zeroPad, code);
		case 'f':
			return renderDecimal(value, places, true, zeroPad, code);
		case 'e':
			return renderScientific(value, places, true, zeroPad, code);
		case 'g':
			return renderGeneral(value, places, zeroPad, code);
	}
}

function renderCharacter(value: Value): string {
	if (typeof value === 'number') return characterOf(value);
	if (typeof value !== 'string') {
		throw runtimeError(`%c expected number / string, got: ${kindOf(value)}`);
	}
	const length = textLength(value);
	if (length !== 1) throw runtimeError(`%c expected 1-sized string got: ${length}`);
	return value;
}

/** Pads to code points. */
function pad(text: string, width: number, code: FormatCode): string {
	const missing = Math.ceil(width - textLength(text));
	if (!(missing > 0)) return text;
	return code.left ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function checkWidth(width: number, precision: number | undefined): void {
	if (width > MAX_WIDTH) throw limitError('format width');
	if (precision !== undefined && precision > MAX_WIDTH) throw limitError('format precision');
}
