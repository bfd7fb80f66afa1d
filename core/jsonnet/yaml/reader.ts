import { allocate, allocateString, enter, leave, step } from '../evaluate/run';
import { readBlockScalar } from './block-scalar';
import { FlowReader } from './flow-reader';
import { Members } from './members';
import { NO_PROPERTIES, scalarNode } from './node';
import { isColonAhead } from './plain';

import type { Value } from '../evaluate/value';
import type { Properties, YamlNode } from './node';

const NULL_NODE: YamlNode = { value: null, isMergeKey: false };

/** Reads one YAML 1.1 document by recursive descent (J76). Every node is a step, every level a frame of `depth`. */
export class YamlReader extends FlowReader {
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
		if (cursor.lineNumber !== startLine || !this.takeColon()) return node;
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
			let isExplicit = false;
			if (key === undefined) {
				if (cursor.atEnd || cursor.column !== column) break;
				if (cursor.char === '-' && cursor.isBlank(1)) break;
				isExplicit = cursor.char === '?' && cursor.isBlank(1);
				key = this.mappingKey(column);
			}
			let value: Value = null;
			if (this.takeColon()) {
				cursor.at += 1;
				value = this.mappingValue(column, isExplicit);
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
		if (cursor.lineNumber !== lineNumber || !this.takeColon()) {
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

	/**
	 * What follows `:`; a sequence below may be as far left as its key. After a key with `?` a collection may begin on the
	 * line of the colon: `: - x`.
	 */
	private mappingValue(column: number, isExplicit: boolean): Value {
		const { cursor } = this;
		const { lineNumber } = cursor;
		cursor.skipSpaces();
		const properties = this.propertiesBeforeBreak();
		cursor.skipToContent();
		if (cursor.lineNumber === lineNumber) return this.blockNode(column + 1, isExplicit).value;
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

	/** Moves to a colon that ends a key, if only blanks are before it. */
	private takeColon(): boolean {
		if (!isColonAhead(this.cursor)) return false;
		this.cursor.skipSpaces();
		return true;
	}
}
