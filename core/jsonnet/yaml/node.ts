import { decodeBase64 } from '../std/base64';
import { decodeUtf8 } from '../std/utf8';
import { resolveScalar } from './scalar';

import type { Value } from '../evaluate/value';
import type { YamlCursor } from './cursor';

/** `&anchor` and `!tag` before a node. */
export interface Properties {
	readonly anchor: string | undefined;
	readonly tag: string | undefined;
}

export const NO_PROPERTIES: Properties = { anchor: undefined, tag: undefined };

/** A value as it was written: only a plain scalar may be a merge key or something else than text. */
export interface YamlNode {
	readonly value: Value;
	readonly isMergeKey: boolean;
}

/** The value of a scalar with its tag. */
export function scalarNode(
	cursor: YamlCursor,
	text: string,
	isPlain: boolean,
	tag: string | undefined,
): YamlNode {
	return { value: scalarValue(cursor, text, isPlain, tag), isMergeKey: isPlain && text === '<<' };
}

function scalarValue(
	cursor: YamlCursor,
	text: string,
	isPlain: boolean,
	tag: string | undefined,
): Value {
	if (tag === '!!str' || tag === '!') return text;
	if (tag === '!!binary') return decodeUtf8(decodeBase64(withoutBlanks(text)));
	if (!isPlain && !isTypeTag(tag)) return text;
	const value = resolveScalar(text);
	if (value === 'not finite' && text !== 'not finite') {
		throw cursor.fail(`${text} is not a JSON number`);
	}
	return value;
}

function isTypeTag(tag: string | undefined): boolean {
	return tag === '!!int' || tag === '!!float' || tag === '!!bool' || tag === '!!null';
}

function withoutBlanks(text: string): string {
	return text.split('\n').join('').split(' ').join('');
}

/** Booleans and numbers become text; null and containers are no keys (J76). */
export function keyText(cursor: YamlCursor, key: Value): string {
	if (typeof key === 'string') return key;
	if (typeof key === 'number' || typeof key === 'boolean') return `${key}`;
	throw cursor.fail('a mapping key must be a string, a number or a boolean');
}
