import { allocate, allocateString, charge, runtimeError } from '../evaluate/run';
import { asArray, asString, force, kindOf } from '../evaluate/value';

import type { Value } from '../evaluate/value';

const encoder = new TextEncoder();

/** Lone surrogates become U+FFFD, as in every UTF-8 encoder. */
function encodeUtf8(text: string): Uint8Array {
	charge(text.length >>> 4);
	allocateString(text.length);
	return encoder.encode(text);
}

/** The bytes of `std.encodeUTF8` as an array of numbers. */
export function byteArray(bytes: Uint8Array): readonly number[] {
	allocate(bytes.length);
	charge(bytes.length);
	return Array.from(bytes);
}

/** Numbers 0–255 of an array as bytes. */
export function bytesOf(value: Value, name: string): Uint8Array {
	const items = asArray(value);
	charge(items.length);
	return Uint8Array.from(items, (item, i) => {
		const byte = force(item);
		if (typeof byte !== 'number') {
			throw runtimeError(`${name}: element ${i} must be a number, got ${kindOf(byte)}`);
		}
		if (Number.isInteger(byte) && byte >= 0 && byte <= 255) return byte;
		throw runtimeError(`${name}: element ${i} must be an integer in 0..255, got ${byte}`);
	});
}

/**
 * Decodes as Go does: every byte that begins no valid sequence is one U+FFFD. TextDecoder makes one of several (J65).
 */
export function decodeUtf8(bytes: Uint8Array): string {
	charge(bytes.length >>> 2);
	allocateString(bytes.length);
	const parts: string[] = [];
	let at = 0;
	while (at < bytes.length) {
		const { point, size } = readPoint(bytes, at);
		parts.push(String.fromCodePoint(point));
		at += size;
	}
	return parts.join('');
}

const INVALID = { point: 0xfffd, size: 1 };
/** Smallest code point that needs so many bytes: shorter ones would be overlong. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

function readPoint(bytes: Uint8Array, at: number): { point: number; size: number } {
	const first = bytes[at] ?? 0;
	if (first < 0x80) return { point: first, size: 1 };
	const size = sequenceSize(first);
	if (size === 0) return INVALID;
	let point = first & (0xff >> (size + 1));
	for (let i = 1; i < size; i++) {
		const next = bytes[at + i];
		if (next === undefined || (next & 0xc0) !== 0x80) return INVALID;
		point = (point << 6) | (next & 0x3f);
	}
	const isSurrogate = point >= 0xd800 && point <= 0xdfff;
	if (point < (SMALLEST[size] ?? 0) || point > 0x10ffff || isSurrogate) return INVALID;
	return { point, size };
}

function sequenceSize(first: number): number {
	if (first >= 0xc2 && first <= 0xdf) return 2;
	if (first >= 0xe0 && first <= 0xef) return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

export function encodeArgument(value: Value): Uint8Array {
	return encodeUtf8(asString(value));
}
