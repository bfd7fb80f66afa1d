import { allocate, allocateString, enter, leave, step } from '../evaluate/run';
import { readBlockScalar } from './block-scalar';
import { YamlCursor } from './cursor';
import { Members } from './members';
import { NO_PROPERTIES, scalarNode } from './node';
import { foldLines, readQuoted } from './quoted';

import type { Value } from '../evaluate/value';
import type { Properties, YamlNode } from './node';

const NULL_NODE: YamlNode = { value: null, isMergeKey: false };
const FLOW_INDICATORS = ',[]{}';
const NEVER_PLAIN = ',[]{}#&*!|>\'"%@`';

/** Reads one YAML 1.1 document by recursive descent (J76). Every node is a step, every level a frame of `depth`. */
export class YamlReader {
	private readonly cursor: YamlCursor;
	/** Values by anchor; undefined while the anchored node is still being read. */
	private readonly anchors = new Map<string, YamlNode | undefined>();

	constructor(text: string, firstLine: number) {
		this.cursor = new YamlCursor(text, firstLine);
	}

	document(): Value {
		const { cursor } = this;
		cursor.skipToContent();
		const { value } = this.blockNode(0, true);
		cursor.skipToContent();
		if (!cursor.atEnd) throw cursor.fail('did not find expected <document start>');
		return value;
	}

	/**
	 * A node that begins here or on a later line.
	 *
	 * @param minimum smallest column of its lines
	 * @param mayNest whether a block mapping or sequence may begin on the current line
	 */
	private blockNode(minimum: number, mayNest: boolean): YamlNode {
		const { cursor } = this;
		step();
		const startLine = cursor.lineNumber;
		const column = cursor.column;
		if (cursor.atEnd || column < minimum) return NULL_NODE;
		if (mayNest && this.isCollectionStart()) return this.collection(column);
		const properties = this.properties();
		if (properties !== NO_PROPERTIES) {
			const before = cursor.at;
			cursor.skipSpaces();
			cursor.skipComment();
			if (cursor.char === '\n' || cursor.atEnd) {
				return this.anchored(properties, () => this.nodeBelow(minimum, properties));
			}
			cursor.at = before;
			cursor.skipSpaces();
		}
		if (cursor.char === '|' || cursor.char === '>') {
			return this.anchored(properties, () => {
				const text = readBlockScalar(cursor, minimum - 1);
				allocateString(text.length);
				return scalarNode(cursor, text, false, properties.tag);
			});
		}
		if (mayNest && this.isCollectionStart())
			throw cursor.fail('block sequence entries are not allowed in this context');
		const node = this.anchored(properties, () => this.inlineNode(minimum, properties, false));
		if (cursor.lineNumber !== startLine || !this.isColon()) return node;
		if (!mayNest) throw cursor.fail('mapping values are not allowed in this context');
		return this.blockMapping(column, node);
	}

	/** After properties at the end of a line: the node is on the lines below. */
	private nodeBelow(minimum: number, properties: Properties): YamlNode {
		const { cursor } = this;
		cursor.skipToContent();
		if (cursor.atEnd || cursor.column < minimum) {
			return scalarNode(cursor, '', true, properties.tag);
		}
		return this.blockNode(minimum, true);
	}

	private isCollectionStart(): boolean {
		const { cursor } = this;
		return (cursor.char === '-' || cursor.char === '?') && cursor.isBlank(1);
	}

	private collection(column: number): YamlNode {
		return this.cursor.char === '-' ? this.blockSequence(column) : this.blockMapping(column);
	}

	private blockSequence(column: number): YamlNode {
		const { cursor } = this;
		enter(undefined);
		const items: Value[] = [];
		while (!cursor.atEnd && cursor.column === column && cursor.char === '-' && cursor.isBlank(1)) {
			cursor.at += 1;
			allocate(1);
			items.push(this.entryValue(column + 1));
			cursor.skipToContent();
		}
		if (!cursor.atEnd && cursor.column > column) {
			throw cursor.fail("did not find expected '-' indicator");
		}
		leave();
		return { value: items, isMergeKey: false };
	}

	/** @param firstKey of an implicit first entry, already read up to its colon */
	private blockMapping(column: number, firstKey?: YamlNode): YamlNode {
		const { cursor } = this;
		enter(undefined);
		const members = new Members(cursor);
		let key = firstKey;
		for (;;) {
			if (key === undefined) {
				if (cursor.atEnd || cursor.column !== column) break;
				if (cursor.char === '-' && cursor.isBlank(1)) break;
				key = this.mappingKey(column);
			}
			let value: Value = null;
			if (this.isColon()) {
				cursor.at += 1;
				value = this.mappingValue(column);
			}
			members.add(key, value);
			key = undefined;
			cursor.skipToContent();
		}
		if (!cursor.atEnd && cursor.column > column) throw cursor.fail('did not find expected key');
		leave();
		return { value: members.toObject(), isMergeKey: false };
	}

	private mappingKey(column: number): YamlNode {
		const { cursor } = this;
		if (cursor.char === '?' && cursor.isBlank(1)) {
			cursor.at += 1;
			const value = this.entryValue(column + 1);
			cursor.skipToContent();
			return { value, isMergeKey: false };
		}
		const { lineNumber } = cursor;
		const properties = this.properties();
		cursor.skipSpaces();
		const key = this.anchored(properties, () =>
			this.inlineNode(Number.MAX_SAFE_INTEGER, properties, false),
		);
		if (cursor.lineNumber !== lineNumber || !this.isColon()) {
			throw cursor.fail("could not find expected ':'");
		}
		return key;
	}

	/** What follows `-` or `?`: on the same line at any column, or below and further right. */
	private entryValue(minimum: number): Value {
		const { cursor } = this;
		cursor.skipSpaces();
		cursor.skipToContent();
		return this.blockNode(minimum, true).value;
	}

	/** What follows `:`; a sequence below may be as far left as its key. */
	private mappingValue(column: number): Value {
		const { cursor } = this;
		const { lineNumber } = cursor;
		cursor.skipSpaces();
		const properties = this.propertiesBeforeBreak();
		cursor.skipToContent();
		if (cursor.lineNumber === lineNumber) return this.blockNode(column + 1, false).value;
		const isSequence = cursor.column === column && cursor.char === '-' && cursor.isBlank(1);
		const read = () =>
			isSequence
				? this.blockSequence(column)
				: cursor.atEnd || cursor.column <= column
					? scalarNode(cursor, '', true, properties.tag)
					: this.blockNode(column + 1, true);
		return this.anchored(properties, read).value;
	}

	/** Properties that are alone on the rest of their line; else nothing is taken. */
	private propertiesBeforeBreak(): Properties {
		const { cursor } = this;
		const start = cursor.at;
		if (cursor.char !== '&' && cursor.char !== '!') return NO_PROPERTIES;
		const properties = this.properties();
		const end = cursor.at;
		cursor.skipSpaces();
		cursor.skipComment();
		const isAlone = ['', '\n'].includes(cursor.text.charAt(cursor.at));
		cursor.at = isAlone ? end : start;
		return isAlone ? properties : NO_PROPERTIES;
	}

	private isColon(): boolean {
		const { cursor } = this;
		const start = cursor.at;
		cursor.skipSpaces();
		if (cursor.char === ':' && cursor.isBlank(1)) return true;
		cursor.at = start;
		return false;
	}

	/** An alias, a quoted or plain scalar, or a flow collection. */
	private inlineNode(minimum: number, properties: Properties, isFlow: boolean): YamlNode {
		const { cursor } = this;
		switch (cursor.char) {
			case '*':
				return this.alias();
			case '[':
				return this.flowSequence();
			case '{':
				return this.flowMapping();
			case '"':
			case "'": {
				const text = readQuoted(cursor);
				allocateString(text.length);
				return scalarNode(cursor, text, false, properties.tag);
			}
		}
		const text = this.plain(minimum, isFlow);
		allocateString(text.length);
		return scalarNode(cursor, text, true, properties.tag);
	}

	private alias(): YamlNode {
		const { cursor } = this;
		cursor.at += 1;
		const name = this.word();
		if (!this.anchors.has(name)) throw cursor.fail(`unknown anchor '${name}' referenced`);
		const node = this.anchors.get(name);
		if (node === undefined) throw cursor.fail(`anchor '${name}' value contains itself`);
		return { value: node.value, isMergeKey: false };
	}

	/** `&anchor` and `!tag` in any order. */
	private properties(): Properties {
		const { cursor } = this;
		let anchor: string | undefined;
		let tag: string | undefined;
		while (cursor.char === '&' || cursor.char === '!') {
			if (cursor.char === '&') {
				cursor.at += 1;
				anchor = this.word();
				if (anchor === '')
					throw cursor.fail('did not find expected alphabetic or numeric character');
			} else {
				tag = this.word();
			}
			if (!cursor.isBlank() && !FLOW_INDICATORS.includes(cursor.char)) {
				throw cursor.fail('did not find expected whitespace or line break');
			}
			const end = cursor.at;
			cursor.skipSpaces();
			if (cursor.char !== '&' && cursor.char !== '!') {
				cursor.at = end;
				break;
			}
		}
		return anchor === undefined && tag === undefined ? NO_PROPERTIES : { anchor, tag };
	}

	private word(): string {
		const { cursor } = this;
		const start = cursor.at;
		while (!cursor.isBlank() && !FLOW_INDICATORS.includes(cursor.char)) cursor.at += 1;
		return cursor.text.slice(start, cursor.at);
	}

	private anchored(properties: Properties, read: () => YamlNode): YamlNode {
		const { anchor } = properties;
		if (anchor === undefined) return read();
		this.anchors.set(anchor, undefined);
		const node = read();
		this.anchors.set(anchor, node);
		return node;
	}

	/** A plain scalar; further lines at or right of `minimum` are folded into it. */
	private plain(minimum: number, isFlow: boolean): string {
		const { cursor } = this;
		const { char } = cursor;
		const isIndicator =
			'-?:'.includes(char) &&
			(cursor.isBlank(1) || (isFlow && FLOW_INDICATORS.includes(cursor.peek())));
		if (char !== '' && (NEVER_PLAIN.includes(char) || isIndicator)) {
			if (char === ':' && isIndicator) return '';
			throw cursor.fail('found character that cannot start any token');
		}
		const parts = [this.plainLine(isFlow)];
		while (cursor.char === '\n') {
			const folded = this.continuation(minimum, isFlow);
			if (folded === undefined) break;
			parts.push(folded, this.plainLine(isFlow));
			if (!isFlow && this.isColonHere()) {
				throw cursor.fail('mapping values are not allowed in this context');
			}
		}
		return parts.join('');
	}

	/** The folded line breaks before a line that continues the scalar; undefined, with nothing taken, when none does. */
	private continuation(minimum: number, isFlow: boolean): string | undefined {
		const { cursor } = this;
		const { text } = cursor;
		let at = cursor.at;
		let lineStart = at;
		while (text.charAt(at) === '\n' || text.charAt(at) === ' ' || text.charAt(at) === '\t') {
			if (text.charAt(at) === '\n') lineStart = at + 1;
			at += 1;
		}
		const char = text.charAt(at);
		if (char === '' || char === '#') return undefined;
		if (isFlow ? FLOW_INDICATORS.includes(char) : at - lineStart < minimum) return undefined;
		if (isFlow && char === ':' && ' \n\t'.includes(text.charAt(at + 1))) return undefined;
		return foldLines(cursor);
	}

	/** Up to `: `, ` #`, the end of the line, or in a flow collection one of its indicators. */
	private plainLine(isFlow: boolean): string {
		const { cursor } = this;
		const start = cursor.at;
		let end = start;
		while (!cursor.atEnd && cursor.char !== '\n') {
			const { char } = cursor;
			if (
				char === ':' &&
				(cursor.isBlank(1) || (isFlow && FLOW_INDICATORS.includes(cursor.peek())))
			)
				break;
			if (char === '#' && cursor.at > start && cursor.isBlank(-1)) break;
			if (isFlow && FLOW_INDICATORS.includes(char)) break;
			cursor.at += 1;
			if (char !== ' ' && char !== '\t') end = cursor.at;
		}
		if (cursor.char === '\n') return cursor.text.slice(start, end);
		cursor.at = end;
		return cursor.text.slice(start, end);
	}

	private isColonHere(): boolean {
		const { at } = this.cursor;
		const found = this.isColon();
		this.cursor.at = at;
		return found;
	}

	private flowSequence(): YamlNode {
		const { cursor } = this;
		enter(undefined);
		const items: Value[] = [];
		cursor.at += 1;
		for (;;) {
			this.skipInFlow();
			if (cursor.char === ']') break;
			allocate(1);
			const node = this.flowNode();
			this.skipInFlow();
			if (this.isFlowColon()) {
				cursor.at += 1;
				const members = new Members(cursor);
				members.add(node, this.flowValue());
				items.push(members.toObject());
			} else {
				items.push(node.value);
			}
			if (!this.flowComma(']')) break;
		}
		cursor.at += 1;
		leave();
		return { value: items, isMergeKey: false };
	}

	private flowMapping(): YamlNode {
		const { cursor } = this;
		enter(undefined);
		const members = new Members(cursor);
		cursor.at += 1;
		for (;;) {
			this.skipInFlow();
			if (cursor.char === '}') break;
			if (cursor.char === '?' && cursor.isBlank(1)) {
				cursor.at += 1;
				this.skipInFlow();
			}
			const key = this.flowNode();
			this.skipInFlow();
			let value: Value = null;
			if (cursor.char === ':') {
				cursor.at += 1;
				value = this.flowValue();
			}
			members.add(key, value);
			if (!this.flowComma('}')) break;
		}
		cursor.at += 1;
		leave();
		return { value: members.toObject(), isMergeKey: false };
	}

	private flowValue(): Value {
		this.skipInFlow();
		if (this.cursor.char !== '' && ',]}'.includes(this.cursor.char)) return null;
		return this.flowNode().value;
	}

	private flowNode(): YamlNode {
		const { cursor } = this;
		step();
		const properties = this.properties();
		this.skipInFlow();
		if (properties !== NO_PROPERTIES && ',]}:'.includes(cursor.char)) {
			return this.anchored(properties, () => scalarNode(cursor, '', true, properties.tag));
		}
		if (cursor.atEnd) throw cursor.fail('did not find expected node content');
		return this.anchored(properties, () => this.inlineNode(0, properties, true));
	}

	private isFlowColon(): boolean {
		const { cursor } = this;
		return cursor.char === ':' && (cursor.isBlank(1) || ',]}'.includes(cursor.peek()));
	}

	/** @returns whether another entry may follow */
	private flowComma(closing: string): boolean {
		const { cursor } = this;
		this.skipInFlow();
		if (cursor.char === closing) return false;
		if (cursor.char !== ',') throw cursor.fail(`did not find expected ',' or '${closing}'`);
		cursor.at += 1;
		return true;
	}

	private skipInFlow(): void {
		const { cursor } = this;
		for (;;) {
			cursor.skipSpaces();
			if (cursor.char === '#' && cursor.isBlank(-1)) cursor.skipComment();
			if (cursor.char !== '\n') return;
			cursor.nextLine();
		}
	}
}
