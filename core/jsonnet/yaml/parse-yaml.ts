import { allocate, charge } from '../evaluate/run';
import { YamlReader } from './reader';

import type { Value } from '../evaluate/value';

interface Document {
	readonly text: string;
	readonly firstLine: number;
}

/**
 * `std.parseYaml` (J76): an array of documents when the text has a `---` line, else the value of the only one.
 */
export function parseYaml(text: string): Value {
	charge(text.length >>> 2);
	const plain = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
	const { documents, isStream } = splitDocuments(plain.replaceAll('\r\n', '\n'));
	allocate(documents.length);
	const values = documents.map((each) => new YamlReader(each.text, each.firstLine).document());
	if (isStream || values.length > 1) return values;
	return values[0] ?? null;
}

/** Belongs to the stream, not to the first scalar. */
const BYTE_ORDER_MARK = '\ufeff';

function splitDocuments(text: string): { documents: Document[]; isStream: boolean } {
	const documents: Document[] = [];
	let isStream = false;
	let lines: string[] = [];
	let firstLine = 0;
	/** Begun by `---`, so that it counts even when it is empty. */
	let isExplicit = false;
	const finish = (next: number, end = '\n') => {
		if (isExplicit || lines.some(hasContent)) {
			documents.push({ text: lines.join('\n') + end, firstLine });
		}
		lines = [];
		firstLine = next;
		isExplicit = false;
	};
	for (const [number, line] of text.split('\n').entries()) {
		if (isMarker(line, '---')) {
			finish(number);
			isStream = true;
			isExplicit = true;
			// Blanks keep the columns of what follows on the line.
			lines.push(`   ${line.slice(3)}`);
		} else if (isMarker(line, '...')) {
			finish(number + 1);
		} else if (isDirective(line) && !isExplicit && !lines.some(hasContent)) {
			lines.push('');
		} else {
			lines.push(line);
		}
	}
	finish(0, '');
	return { documents, isStream };
}

function isMarker(line: string, marker: string): boolean {
	return line.startsWith(marker) && [undefined, ' ', '\t'].includes(line[marker.length]);
}

function isDirective(line: string): boolean {
	return line.startsWith('%YAML ') || line.startsWith('%TAG ');
}

function hasContent(line: string): boolean {
	const trimmed = line.trimStart();
	return trimmed !== '' && !trimmed.startsWith('#');
}
