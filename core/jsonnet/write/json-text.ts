import { hostMember, hostNames, isObject } from '../evaluate/fields';
import { JsonnetObject } from '../evaluate/object';
import {
	allocateString,
	charge,
	countOutput,
	limitError,
	run,
	runtimeError,
} from '../evaluate/run';
import { checkNumber, force } from '../evaluate/value';
import { numberText, plainText } from './number-text';
import { quote } from './string-text';

import type { Item, Value } from '../evaluate/value';

/** How JSON text is laid out. */
export interface JsonStyle {
	/** Of one level; undefined keeps everything on one line. */
	readonly indent: string | undefined;
	readonly newline: string;
	readonly colon: string;
	/** Between elements; on one line. */
	readonly comma: string;
	/** Text of an empty container between its brackets; undefined prints it over lines (J72). */
	readonly empty: string | undefined;
	/** Shortest digits without an exponent (J48). */
	readonly plainNumbers: boolean;
}

const oneLine = { indent: undefined, newline: '', plainNumbers: false };

/** `std.toString` and string `+` (J50). */
const INLINE: JsonStyle = { ...oneLine, colon: ': ', comma: ', ', empty: ' ' };
export const COMPACT: JsonStyle = { ...oneLine, colon: ':', comma: ',', empty: '' };
/** What the jsonnet command line tool prints (J50). */
export const DOCUMENT: JsonStyle = {
	indent: '   ',
	newline: '\n',
	colon: ': ',
	comma: ',',
	empty: ' ',
	plainNumbers: false,
};

export const MAX_OUTPUT_NESTING = 100;

/** Writes a value as JSON with sorted keys, evaluating what is not evaluated yet. */
export function writeJson(value: Value, style: JsonStyle): string {
	return write(value, style, style.newline, 0);
}

/** `std.toString`: a string is itself. */
export function toText(value: Value): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number') return numberText(checkNumber(value));
	return writeInside(value, INLINE);
}

/** Text that stays in the template: it counts as a string and as steps, not as output. */
export function writeInside(value: Value, style: JsonStyle): string {
	const { outputUnits, outputValues } = run;
	const text = writeJson(value, style);
	charge(outputValues - run.outputValues);
	run.outputUnits = outputUnits;
	run.outputValues = outputValues;
	allocateString(text.length);
	return text;
}

function write(value: Value, style: JsonStyle, lead: string, nesting: number): string {
	switch (typeof value) {
		case 'string': {
			const text = quote(value);
			countOutput(text.length);
			return text;
		}
		case 'number': {
			checkNumber(value);
			const text = style.plainNumbers ? plainText(value) : numberText(value);
			countOutput(text.length);
			return text;
		}
		case 'boolean':
			countOutput(5);
			return value ? 'true' : 'false';
		default:
			if (value === null) {
				countOutput(4);
				return 'null';
			}
			if (nesting >= MAX_OUTPUT_NESTING) throw limitError('output nesting');
			if (Array.isArray(value)) return writeArray(value, style, lead, nesting);
			return writeObject(value, style, lead, nesting);
	}
}

function writeArray(
	items: readonly Item[],
	style: JsonStyle,
	lead: string,
	nesting: number,
): string {
	countOutput(2);
	const inner = style.indent === undefined ? '' : lead + style.indent;
	if (items.length === 0)
		return style.empty === undefined ? `[${style.newline}${lead}]` : `[${style.empty}]`;
	let text = '[';
	for (let i = 0; i < items.length; i++) {
		if (i > 0) text += style.comma;
		countOutput(inner.length + style.comma.length);
		text += inner + write(force(hostItem(items[i])), style, inner, nesting + 1);
	}
	return `${text}${lead}]`;
}

/** Arrays of the host may hold what is no JSON, even nothing. */
function hostItem(item: Item | undefined): Item {
	return item === undefined ? hostMember(item) : item;
}

function writeObject(value: Value, style: JsonStyle, lead: string, nesting: number): string {
	if (!isObject(value)) throw cannotManifest(value);
	countOutput(2);
	const inner = style.indent === undefined ? '' : lead + style.indent;
	const between = style.comma + inner;
	let text = '';
	if (value instanceof JsonnetObject) {
		value.checkAsserts();
		for (const entry of value.table.sorted(false)) {
			const key = (entry.quoted ??= quote(entry.name));
			text += text === '' ? inner : between;
			text += key + style.colon;
			countOutput(key.length + between.length + style.colon.length);
			text += write(value.get(entry), style, inner, nesting + 1);
		}
	} else {
		for (const name of hostNames(value)) {
			const key = quote(name);
			text += text === '' ? inner : between;
			text += key + style.colon;
			countOutput(key.length + between.length + style.colon.length);
			text += write(hostMember(value[name]), style, inner, nesting + 1);
		}
	}
	if (text !== '') return `{${text}${lead}}`;
	return style.empty === undefined ? `{${style.newline}${lead}}` : `{${style.empty}}`;
}

/** A function, or what the host gave that is no JSON (J53, J84). */
export function cannotManifest(value: Value) {
	hostMember(value);
	return runtimeError("couldn't manifest function as JSON");
}
