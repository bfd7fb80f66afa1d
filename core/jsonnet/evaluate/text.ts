/** Strings are sequences of code points (J27). Text without surrogates takes the direct way (J29). */
import { charge, run } from './run';

const FREE_SCAN = 256;

/** The code points of a text with surrogates; undefined when UTF-16 units are code points. */
export function widePoints(text: string): readonly string[] | undefined {
	const { length } = text;
	if (length > FREE_SCAN) {
		// Indexing a long text in a loop does not scan it each time.
		if (text === run.lastText) return run.lastPoints;
		charge(length >>> 8);
	}
	let points: readonly string[] | undefined;
	for (let i = 0; i < length; i++) {
		if ((text.charCodeAt(i) & 0xf800) === 0xd800) {
			charge(length >>> 4);
			points = Array.from(text);
			break;
		}
	}
	if (length > FREE_SCAN) {
		run.lastText = text;
		run.lastPoints = points;
	}
	return points;
}

export function textLength(text: string): number {
	return widePoints(text)?.length ?? text.length;
}

/** The code point at a position within the text. */
export function pointAt(text: string, at: number): string {
	const points = widePoints(text);
	return points === undefined ? text.charAt(at) : (points[at] ?? '');
}

export function textPoints(text: string): readonly string[] {
	return widePoints(text) ?? text.split('');
}

/** Slice by code points, both ends within the text. */
export function sliceText(text: string, from: number, to: number): string {
	const points = widePoints(text);
	return points === undefined ? text.slice(from, to) : points.slice(from, to).join('');
}

/** Orders by code point, not by UTF-16 unit (J28). */
export function compareText(a: string, b: string): number {
	if (a === b) return 0;
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) {
		const left = a.charCodeAt(i);
		const right = b.charCodeAt(i);
		if (left !== right) {
			if (i > FREE_SCAN) charge(i >>> 8);
			return rank(left) - rank(right);
		}
	}
	if (length > FREE_SCAN) charge(length >>> 8);
	return a.length - b.length;
}

/** For what the host does at once with a long text: a comparison, a search for one character. */
export function chargeText(text: string): void {
	if (text.length > FREE_SCAN) charge(text.length >>> 10);
}

/** Searching may compare every character of the pattern at every place of the text. */
export function chargeSearch(text: string, pattern: string): void {
	const comparisons = text.length * pattern.length;
	if (comparisons > 1024) charge(Math.ceil(comparisons / 1024));
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
	return (unit & 0xf800) === 0xd800 ? unit + 0x10000 : unit;
}

/** Up to this size insertion needs no memory of its own, which `sort` does. */
const MAX_INSERTED = 12;

/** Sorts names, or things that have one, by code point, in place. */
export function sortNames<T extends string | { readonly name: string }>(items: T[]): T[] {
	if (items.length > MAX_INSERTED) return items.sort((a, b) => compareText(nameOf(a), nameOf(b)));
	for (let i = 1; i < items.length; i++) {
		const item = items[i] as T;
		let at = i;
		while (at > 0 && compareText(nameOf(items[at - 1] as T), nameOf(item)) > 0) {
			items[at] = items[at - 1] as T;
			at -= 1;
		}
		items[at] = item;
	}
	return items;
}

function nameOf(item: string | { readonly name: string }): string {
	return typeof item === 'string' ? item : item.name;
}
