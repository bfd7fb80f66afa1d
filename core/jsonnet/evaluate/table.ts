import { allocate, charge } from './run';
import { sortNames } from './text';

import type { Visibility } from '../syntax/ast';
import type { Code, EngineValue, Frame, Value } from './value';

/** One field of one object literal, compiled. */
export interface FieldTemplate {
	readonly code: Code;
	/** `layer`: with self and locals, one per object; `outer`: the code needs neither; `own`: see `outer`. */
	readonly frame: 'layer' | 'outer' | 'own';
	/** Known without running anything. */
	readonly constant: Value | undefined;
	readonly visibility: Visibility;
	/** A field of a comprehension has the frame of its iteration around it. */
	readonly outer: Frame | undefined;
}

/** One object literal, compiled: what a layer of an object is made from. */
export interface LayerTemplate {
	/** Each throws when it does not hold (J38). */
	readonly asserts: readonly Code<void>[];
	/** Frame with self, the layer's number and the object's locals. */
	makeFrame(outer: Frame, self: EngineValue, layer: number): Frame;
}

/** One definition of a field by one layer. */
export interface Definition {
	readonly layer: number;
	/** Absent in a tombstone of std.objectRemoveKey, which hides the layers from `hidesFrom` to its own. */
	readonly field: FieldTemplate | undefined;
	readonly hidesFrom: number;
}

/** Everything a name means in an object. */
export interface Entry {
	readonly name: string;
	/** Place of its value in the object's cache. */
	readonly slot: number;
	/** The rightmost layer first. */
	readonly definitions: readonly Definition[];
	/** What `self.name` is; absent when it was removed. */
	readonly top: Definition | undefined;
	readonly visible: boolean;
	/** The name as JSON text, once it was written. */
	quoted: string | undefined;
}

/** A static table is cached with those that follow it, to this number of layers and tables (J100). */
const MAX_CACHED_LAYERS = 6;
const MAX_CACHED_MERGES = 32;

/** Up to this many fields a search is quicker than making an index. */
const MAX_SEARCHED = 8;

/** The fields of an object, merged over its layers. Shared by all objects that come from the same literals. */
export class Table {
	readonly layers: readonly LayerTemplate[];
	/** Room that an object needs for its values: slots may have gaps. */
	readonly slots: number;
	/** Comes from literals without computed names, so that it lives as long as the template. */
	readonly isStatic: boolean;
	readonly hasAsserts: boolean;
	/** Steps and cells of making it: layers and definitions. */
	readonly cost: number;
	/** In no order that matters. */
	private readonly entries: Entry[];
	private index: ReadonlyMap<string, Entry> | undefined;
	private visible: readonly Entry[] | undefined;
	private all: readonly Entry[] | undefined;
	private merges: Map<Table, Table> | undefined;

	private constructor(
		entries: Entry[],
		layers: readonly LayerTemplate[],
		slots: number,
		isStatic: boolean,
		cost: number,
	) {
		this.entries = entries;
		this.layers = layers;
		this.slots = slots;
		this.isStatic = isStatic;
		this.hasAsserts = layers.some((layer) => layer.asserts.length > 0);
		this.cost = cost;
		this.index = undefined;
		this.visible = undefined;
		this.all = undefined;
		this.merges = undefined;
	}

	/**
	 * @param layers the one layer
	 * @param entries of different names, made by `entryOf` with slots below `slots`; the table takes the array for itself
	 */
	static ofLayer(
		layers: readonly [LayerTemplate],
		entries: Entry[],
		slots: number,
		isStatic: boolean,
	): Table {
		return new Table(entries, layers, slots, isStatic, entries.length + 1);
	}

	/** `left + right`. */
	static merge(left: Table, right: Table): Table {
		const cached = left.merges?.get(right);
		if (cached !== undefined) return cached;
		const cost = left.cost + right.cost;
		charge(cost);
		allocate(cost);
		const shift = left.layers.length;
		const entries = new Map(left.entries.map((entry) => [entry.name, entry]));
		let { slots } = left;
		for (const entry of right.entries) {
			const below = entries.get(entry.name);
			const moved = entry.definitions.map((each) => ({
				layer: each.layer + shift,
				field: each.field,
				hidesFrom: each.hidesFrom + shift,
			}));
			const definitions = below === undefined ? moved : [...moved, ...below.definitions];
			entries.set(entry.name, makeEntry(entry.name, below?.slot ?? slots++, definitions));
		}
		const layers = [...left.layers, ...right.layers];
		const isStatic = left.isStatic && right.isStatic && layers.length <= MAX_CACHED_LAYERS;
		const merged = new Table([...entries.values()], layers, slots, isStatic, cost);
		if (isStatic) {
			left.merges ??= new Map();
			if (left.merges.size < MAX_CACHED_MERGES) left.merges.set(right, merged);
		}
		return merged;
	}

	/** The same object without one name, seen from outside; `super` of its own layers still finds it (J39). */
	static without(table: Table, name: string): Table {
		if (table.lookup(name) === undefined) return table;
		const cost = table.cost + 1;
		charge(cost);
		allocate(cost);
		const tombstone = { layer: table.layers.length, field: undefined, hidesFrom: 0 };
		const entries = table.entries.map((entry) =>
			entry.name === name ? makeEntry(name, entry.slot, [tombstone, ...entry.definitions]) : entry,
		);
		return new Table(entries, [...table.layers, EMPTY_LAYER], table.slots, false, cost);
	}

	/** Also finds what was removed but is still there for `super`. */
	lookup(name: string): Entry | undefined {
		const { entries } = this;
		if (this.index === undefined && entries.length > MAX_SEARCHED) {
			this.index = new Map(entries.map((entry) => [entry.name, entry]));
		}
		if (this.index !== undefined) return this.index.get(name);
		for (let i = 0; i < entries.length; i++) {
			const entry = entries[i];
			if (entry !== undefined && entry.name === name) return entry;
		}
		return undefined;
	}

	find(name: string): Entry | undefined {
		const entry = this.lookup(name);
		return entry?.top === undefined ? undefined : entry;
	}

	/** Entries sorted by code point (J50). */
	sorted(withHidden: boolean): readonly Entry[] {
		return withHidden
			? (this.all ??= selectSorted(this.entries, true))
			: (this.visible ??= selectSorted(this.entries, false));
	}
}

/** What a field means in an object that has this one layer only; may be shared by entries of different names. */
export function onlyDefinition(field: FieldTemplate): readonly Definition[] {
	return [{ layer: 0, field, hidesFrom: 0 }];
}

/** @param definitions made by `onlyDefinition` */
export function entryOf(name: string, definitions: readonly Definition[], slot: number): Entry {
	const top = definitions[0];
	const visible = top?.field?.visibility !== 'hidden';
	return { name, quoted: undefined, slot, definitions, top, visible };
}

/** The definition that code of the layer `below` sees as `super.name`. */
export function findBelow(entry: Entry, below: number): Definition | undefined {
	let limit = below;
	for (const definition of entry.definitions) {
		if (definition.layer >= limit) continue;
		if (definition.field !== undefined) return definition;
		limit = definition.hidesFrom;
	}
	return undefined;
}

function makeEntry(name: string, slot: number, definitions: readonly Definition[]): Entry {
	const entry: Entry = {
		name,
		quoted: undefined,
		slot,
		definitions,
		top: undefined,
		visible: false,
	};
	const top = findBelow(entry, Number.POSITIVE_INFINITY);
	return top === undefined ? entry : { ...entry, top, visible: isVisible(entry, top) };
}

/** The rightmost `::` or `:::` decides; `:` inherits (J30). */
function isVisible(entry: Entry, top: Definition): boolean {
	let definition: Definition | undefined = top;
	while (definition?.field !== undefined) {
		if (definition.field.visibility !== 'inherit') return definition.field.visibility === 'visible';
		definition = findBelow(entry, definition.layer);
	}
	return true;
}

/** Sorts in place, and copies only when something is left out. */
function selectSorted(entries: Entry[], withHidden: boolean): readonly Entry[] {
	sortNames(entries);
	for (let i = 0; i < entries.length; i++) {
		if (!isKept(entries[i] as Entry, withHidden)) {
			return entries.filter((entry) => isKept(entry, withHidden));
		}
	}
	return entries;
}

function isKept(entry: Entry, withHidden: boolean): boolean {
	return entry.top !== undefined && (withHidden || entry.visible);
}

const EMPTY_LAYER: LayerTemplate = { asserts: [], makeFrame: (outer) => outer };
