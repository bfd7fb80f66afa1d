import { asObject, fieldNames, findField, getField } from '../evaluate/fields';
import { step } from '../evaluate/run';
import { force } from '../evaluate/value';
import { toText } from '../write/json-text';
import { counted, countedJoin } from './counted';

import type { Item, Value } from '../evaluate/value';

/** `main` is optional, `sections` is not; an array repeats its key (J74). */
export function manifestIni(ini: Value): string {
	const object = asObject(ini);
	const main = findField(object, 'main');
	const lines = main === undefined ? [] : body(main);
	const sections = asObject(getField(object, 'sections'));
	for (const name of fieldNames(sections, false)) {
		lines.push(`[${name}]`);
		for (const line of body(getField(sections, name))) lines.push(line);
	}
	return countedJoin([...lines, ''], '\n');
}

function body(value: Value): string[] {
	const section = asObject(value);
	return fieldNames(section, false).flatMap((name) => {
		step();
		const entry = getField(section, name);
		const entries: readonly Item[] = Array.isArray(entry) ? entry : [entry];
		return entries.map((each) => counted(`${name} = ${toText(force(each))}`));
	});
}
