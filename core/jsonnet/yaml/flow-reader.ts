import { allocate, allocateString, enter, leave, step } from '../evaluate/run';
import { Members } from './members';
import { NO_PROPERTIES, scalarNode } from './node';
import { NodeReader } from './node-reader';
import { readPlain } from './plain';
import { readQuoted } from './quoted';

import type { Value } from '../evaluate/value';
import type { Properties, YamlNode } from './node';

/** Nodes that begin and end without regard to indent: scalars, aliases, `[…]` and `{…}`. */
export abstract class FlowReader extends NodeReader {
	/** An alias, a quoted or plain scalar, or a flow collection. */
	protected inlineNode(minimum: number, properties: Properties, isFlow: boolean): YamlNode {
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
		const text = readPlain(cursor, minimum, isFlow);
		allocateString(text.length);
		return scalarNode(cursor, text, true, properties.tag);
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
