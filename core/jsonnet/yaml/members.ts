import { asObject, fieldNames, getField, isObject, objectOf } from '../evaluate/fields';
import { charge } from '../evaluate/run';
import { force } from '../evaluate/value';
import { keyText } from './node';

import type { ObjectValue } from '../evaluate/fields';
import type { Item, Value } from '../evaluate/value';
import type { YamlCursor } from './cursor';
import type { YamlNode } from './node';

/** Collects the members of a mapping; `<<` adds those that are not given (J76). */
export class Members {
	private readonly cursor: YamlCursor;
	/** A Map knows no prototype (J92); the last duplicate wins. */
	private readonly own = new Map<string, Value>();
	private readonly merged: ObjectValue[] = [];

	constructor(cursor: YamlCursor) {
		this.cursor = cursor;
	}

	add(key: YamlNode, value: Value): void {
		charge(1);
		if (key.isMergeKey) this.merge(value);
		else this.own.set(keyText(this.cursor, key.value), value);
	}

	toObject(): Value {
		const entries = new Map<string, Value>();
		// The first of several merged mappings wins.
		for (const object of this.merged.toReversed()) {
			for (const name of fieldNames(object, false)) entries.set(name, getField(object, name));
		}
		for (const [name, value] of this.own) entries.set(name, value);
		return objectOf([...entries]);
	}

	private merge(value: Value): void {
		const items: readonly Item[] = Array.isArray(value) ? value : [value];
		for (const item of items) {
			const object = force(item);
			if (!isObject(object)) {
				throw this.cursor.fail('map merge requires map or sequence of maps as the value');
			}
			this.merged.push(asObject(object));
		}
	}
}
