import { fieldNames, getField, isObject } from '../evaluate/fields';
import { enter, leave, runtimeError, step } from '../evaluate/run';
import { asArray, force, kindOf } from '../evaluate/value';
import { plainText } from '../write/number-text';
import { chargeSearch } from '../evaluate/text';
import { countedJoin, countedQuote } from './counted';
import { isBareYamlKey } from './yaml-key';

import type { ObjectValue } from '../evaluate/fields';
import type { Item, Value } from '../evaluate/value';

const INDENT = '  ';

export function manifestYaml(value: Value, indentArrays: boolean, quoteKeys: boolean): string {
	return new YamlWriter(indentArrays, quoteKeys).write(value, '');
}

/** `---` before each document, `...` at the end unless told otherwise (J73). */
export function manifestYamlStream(
	value: Value,
	indentArrays: boolean,
	documentEnd: boolean,
	quoteKeys: boolean,
): string {
	if (!Array.isArray(value)) {
		throw runtimeError(`manifestYamlStream only takes arrays, got ${kindOf(value)}`);
	}
	const documents = asArray(value).map((item) =>
		manifestYaml(force(item), indentArrays, quoteKeys),
	);
	return `---\n${countedJoin(documents, '\n---\n')}${documentEnd ? '\n...\n' : '\n'}`;
}

class YamlWriter {
	private readonly indentArrays: boolean;
	private readonly quoteKeys: boolean;

	constructor(indentArrays: boolean, quoteKeys: boolean) {
		this.indentArrays = indentArrays;
		this.quoteKeys = quoteKeys;
	}

	/** @param lead blanks before each further line */
	write(value: Value, lead: string): string {
		step();
		switch (typeof value) {
			case 'boolean':
				return `${value}`;
			case 'number':
				return plainText(value);
			case 'string':
				return writeString(value, lead);
		}
		if (value === null) return 'null';
		enter(undefined);
		let text: string;
		if (Array.isArray(value)) {
			text = this.array(value, lead);
		} else if (isObject(value)) {
			text = this.object(value, lead);
		} else {
			kindOf(value);
			throw runtimeError("couldn't manifest function as YAML");
		}
		leave();
		return text;
	}

	private array(items: readonly Item[], lead: string): string {
		if (items.length === 0) return '[]';
		const parts = items.map((item) => {
			const value = force(item);
			const inner = isFilled(value) ? lead + INDENT : lead;
			const space = isFilled(value) && Array.isArray(value) ? `\n${inner}` : ' ';
			return `-${space}${this.write(value, inner)}`;
		});
		return countedJoin(parts, `\n${lead}`);
	}

	private object(object: ObjectValue, lead: string): string {
		const names = fieldNames(object, false);
		if (names.length === 0) return '{}';
		const lines = names.map((name) => {
			const value = getField(object, name);
			const isNested = isFilled(value);
			const isFlat = !isNested || (Array.isArray(value) && !this.indentArrays);
			const inner = isFlat ? lead : lead + INDENT;
			const key = !this.quoteKeys && isBareYamlKey(name) ? name : countedQuote(name);
			return `${key}:${isNested ? `\n${inner}` : ' '}${this.write(value, inner)}`;
		});
		return countedJoin(lines, `\n${lead}`);
	}
}

/** An array or object with content goes to its own lines. */
function isFilled(value: Value): boolean {
	if (Array.isArray(value)) return value.length > 0;
	return isObject(value) && fieldNames(value, false).length > 0;
}

/** In double quotes, or as a block when it ends in a line break (J73). */
function writeString(text: string, lead: string): string {
	if (!text.endsWith('\n')) return countedQuote(text);
	chargeSearch(text, '\n');
	return countedJoin(['|', ...text.slice(0, -1).split('\n')], `\n${lead}${INDENT}`);
}
