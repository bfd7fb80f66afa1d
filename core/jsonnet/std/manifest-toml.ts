import { fieldNames, getField, isObject } from '../evaluate/fields';
import { enter, leave, runtimeError, step } from '../evaluate/run';
import { force, kindOf } from '../evaluate/value';
import { numberText } from '../write/number-text';
import { quote } from '../write/string-text';
import { countedJoin, countedQuote } from './counted';

import type { ObjectValue } from '../evaluate/fields';
import type { Item, Value } from '../evaluate/value';

type Path = readonly (string | number)[];

/** Plain keys first, then sections and arrays of tables with nested indent (J74). */
export function manifestToml(value: Value, indent: string): string {
	if (!isObject(value)) {
		throw runtimeError(`TOML body must be an object. Got ${kindOf(value)}`);
	}
	return new TomlWriter(indent).tableBody(value, [], [], '');
}

class TomlWriter {
	private readonly indent: string;

	constructor(indent: string) {
		this.indent = indent;
	}

	/** @param keys of the section header; @param path of errors, with indexes */
	tableBody(table: ObjectValue, keys: readonly string[], path: Path, lead: string): string {
		enter(undefined);
		const plain: string[] = [];
		const sections: string[] = [];
		for (const name of fieldNames(table, false)) {
			step();
			const value = getField(table, name);
			const inner = [...path, name];
			if (isObject(value)) {
				sections.push(this.section('[', ']', value, [...keys, name], inner, lead));
				continue;
			}
			const tables = tableArray(value);
			if (tables !== undefined) {
				const parts = tables.map((table, i) =>
					this.section('[[', ']]', table, [...keys, name], [...inner, i], lead),
				);
				sections.push(countedJoin(parts, '\n\n'));
			} else {
				plain.push(`${lead}${tomlKey(name)} = ${this.value(value, inner, false, lead)}`);
			}
		}
		leave();
		return countedJoin([countedJoin(plain, '\n'), ...sections], '\n\n');
	}

	private section(
		open: string,
		close: string,
		table: ObjectValue,
		keys: readonly string[],
		path: Path,
		lead: string,
	): string {
		const header = `${lead}${open}${keys.map(tomlKey).join('.')}${close}`;
		const separator = fieldNames(table, false).length === 0 ? '' : '\n';
		return header + separator + this.tableBody(table, keys, path, lead + this.indent);
	}

	private value(value: Value, path: Path, isInline: boolean, lead: string): string {
		step();
		switch (typeof value) {
			case 'boolean':
				return `${value}`;
			case 'number':
				return numberText(value);
			case 'string':
				return countedQuote(value);
		}
		if (value === null) throw runtimeError(`Tried to manifest "null" at ${shownPath(path)}`);
		enter(undefined);
		let text: string;
		if (Array.isArray(value)) {
			text = this.array(value, path, isInline, lead);
		} else if (isObject(value)) {
			const members = fieldNames(value, false).map(
				(name) =>
					`${tomlKey(name)} = ${this.value(getField(value, name), [...path, name], true, '')}`,
			);
			text = `{ ${countedJoin(members, ', ')} }`;
		} else {
			kindOf(value);
			throw runtimeError(`Tried to manifest function at ${shownPath(path)}`);
		}
		leave();
		return text;
	}

	private array(items: readonly Item[], path: Path, isInline: boolean, lead: string): string {
		if (items.length === 0) return '[]';
		const inner = isInline ? '' : lead + this.indent;
		const separator = isInline ? ' ' : '\n';
		const parts = items.map((item, i) => inner + this.value(force(item), [...path, i], true, ''));
		const end = separator + (isInline ? '' : lead);
		return `[${separator}${countedJoin(parts, `,${separator}`)}${end}]`;
	}
}

/** An array of at least one object and nothing else. */
function tableArray(value: Value): readonly ObjectValue[] | undefined {
	if (!Array.isArray(value) || value.length === 0) return undefined;
	const items: readonly Item[] = value;
	const tables: ObjectValue[] = [];
	for (const item of items) {
		const table = force(item);
		if (!isObject(table)) return undefined;
		tables.push(table);
	}
	return tables;
}

function tomlKey(name: string): string {
	for (let i = 0; i < name.length; i++) {
		const char = name.charAt(i);
		const isBare =
			(char >= 'a' && char <= 'z') ||
			(char >= 'A' && char <= 'Z') ||
			(char >= '0' && char <= '9') ||
			char === '_' ||
			char === '-';
		if (!isBare) return countedQuote(name);
	}
	return name;
}

function shownPath(path: Path): string {
	return `[${path.map((part) => (typeof part === 'string' ? quote(part) : part)).join(', ')}]`;
}
