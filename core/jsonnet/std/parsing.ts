import { shorten } from '../../message-text';
import { runtimeError } from '../evaluate/run';
import { asString, checkNumber } from '../evaluate/value';
import { builtin } from './builtin';
import { parseJson } from './parse-json';
import { parseYaml } from '../yaml/parse-yaml';

import type { Value } from '../evaluate/value';

export const parsing = [
	builtin('parseInt(str)', parseInteger),
	builtin('parseOctal(str)', (str) => parseDigits(asString(str), 8, 'octal')),
	builtin('parseHex(str)', (str) => parseDigits(asString(str), 16, 'hexadecimal')),
	builtin('parseJson(str)', (str) => parseJson(asString(str))),
	builtin('parseYaml(str)', (str) => parseYaml(asString(str))),
];

/** Sign and digits within 64 bits (J62). */
function parseInteger(str: Value): number {
	const text = asString(str);
	const start = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
	if (!onlyDigits(text, start, 10)) throw notANumber(text, 'base 10');
	const value = text.length > 400 ? undefined : BigInt(text.slice(start));
	const signed = value === undefined || !text.startsWith('-') ? value : -value;
	if (signed === undefined || signed !== BigInt.asIntN(64, signed)) {
		throw runtimeError(`${shown(text)}: value out of range`);
	}
	return Number(signed);
}

/** No sign and no prefix; may exceed 64 bits. */
function parseDigits(text: string, radix: 8 | 16, name: string): number {
	if (!onlyDigits(text, 0, radix)) throw notANumber(text, name);
	let value = 0;
	for (let i = 0; i < text.length; i++) value = value * radix + digitAt(text, i);
	return checkNumber(value);
}

function onlyDigits(text: string, start: number, radix: number): boolean {
	for (let i = start; i < text.length; i++) if (digitAt(text, i) >= radix) return false;
	return text.length > start;
}

/** 0–15, or a large number for what is no digit. */
function digitAt(text: string, at: number): number {
	const unit = text.charCodeAt(at);
	if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
	const lower = unit | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 99;
}

function notANumber(text: string, base: string) {
	return runtimeError(`${shown(text)} is not a ${base} integer`);
}

function shown(text: string): string {
	return JSON.stringify(shorten(text, 61));
}
