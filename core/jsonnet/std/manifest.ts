import { fieldNames, getField, isObject } from '../evaluate/fields';
import { enter, leave, runtimeError, step } from '../evaluate/run';
import { asBoolean, asString, force, kindOf } from '../evaluate/value';
import { toText, writeInside } from '../write/json-text';
import { numberText } from '../write/number-text';
import { builtin } from './builtin';
import { counted, countedJoin, countedQuote } from './counted';
import { deepJoin } from './join';
import { manifestIni } from './manifest-ini';
import { manifestToml } from './manifest-toml';
import { manifestYaml, manifestYamlStream } from './manifest-yaml';

import type { Item, Value } from '../evaluate/value';

export const manifests = [
	builtin('manifestJson(value)', (value) => manifestJson(value, '    ', '\n', ': ')),
	builtin('manifestJsonMinified(value)', (value) => manifestJson(value, '', '', ':')),
	builtin(
		'manifestJsonEx(value, indent, newline=, key_val_sep=)',
		(value, indent, newline: Value = '\n', separator: Value = ': ') =>
			manifestJson(value, asString(indent), asString(newline), asString(separator)),
	),
	builtin(
		'manifestYamlDoc(value, indent_array_in_object=, quote_keys=)',
		(value, indentArrays: Value = false, quoteKeys: Value = true) =>
			counted(manifestYaml(value, asBoolean(indentArrays), asBoolean(quoteKeys))),
	),
	builtin(
		'manifestYamlStream(value, indent_array_in_object=, c_document_end=, quote_keys=)',
		(value, indentArrays: Value = false, documentEnd: Value = true, quoteKeys: Value = true) =>
			counted(
				manifestYamlStream(
					value,
					asBoolean(indentArrays),
					asBoolean(documentEnd),
					asBoolean(quoteKeys),
				),
			),
	),
	builtin('manifestToml(value)', (value) => manifestToml(value, '  ')),
	builtin('manifestTomlEx(value, indent)', (value, indent) =>
		manifestToml(value, asString(indent)),
	),
	builtin('manifestIni(ini)', (ini) => manifestIni(ini)),
	builtin('manifestPython(v)', (v) => manifestPython(v)),
	builtin('manifestPythonVars(conf)', (conf) => manifestPythonVars(conf)),
	builtin('manifestXmlJsonml(value)', (value) => manifestXml(value)),
];

function manifestJson(value: Value, indent: string, newline: string, colon: string): string {
	const style = { indent, newline, colon, comma: ',', empty: undefined, plainNumbers: true };
	return writeInside(value, style);
}

function manifestPython(value: Value): string {
	step();
	if (value === null) return 'None';
	if (value === true) return 'True';
	if (value === false) return 'False';
	if (typeof value === 'string') return countedQuote(value);
	if (typeof value === 'number') return numberText(value);
	enter(undefined);
	let text: string;
	if (Array.isArray(value)) {
		const items: readonly Item[] = value;
		text = `[${countedJoin(
			items.map((item) => manifestPython(force(item))),
			', ',
		)}]`;
	} else if (isObject(value)) {
		const member = (name: string) =>
			`${countedQuote(name)}: ${manifestPython(getField(value, name))}`;
		text = `{${countedJoin(fieldNames(value, false).map(member), ', ')}}`;
	} else {
		kindOf(value);
		throw runtimeError('cannot manifest function');
	}
	leave();
	return text;
}

function manifestPythonVars(conf: Value): string {
	if (!isObject(conf)) throw runtimeError(`Unexpected type ${kindOf(conf)}, expected object`);
	const line = (name: string) => `${name} = ${manifestPython(getField(conf, name))}\n`;
	return countedJoin(fieldNames(conf, false).map(line), '');
}

/** JsonML. The tag is a text, or texts in arrays, which are joined. Nothing is escaped, in any implementation (J74). */
function manifestXml(value: Value): string {
	if (!Array.isArray(value)) {
		throw runtimeError(`Expected a JSONML value (an array), got ${kindOf(value)}`);
	}
	step();
	enter(undefined);
	const items: readonly Item[] = value;
	const [tagItem, second] = items;
	if (tagItem === undefined) throw runtimeError('Index 0 out of bounds, not within [0, 0)');
	const tag = deepJoin(force(tagItem));
	const attributes = second === undefined ? null : force(second);
	const hasAttributes = isObject(attributes);
	const shown = hasAttributes
		? fieldNames(attributes, false).map((name) =>
				counted(` ${name}="${toText(getField(attributes, name))}"`),
			)
		: [];
	const children = items.slice(hasAttributes ? 2 : 1).map((item) => {
		const child = force(item);
		return typeof child === 'string' ? child : manifestXml(child);
	});
	leave();
	return countedJoin([`<${tag}`, ...shown, '>', ...children, `</${tag}>`], '');
}
