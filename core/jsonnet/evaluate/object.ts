import { allocate, enter, leave, run } from './run';
import { Table, findBelow } from './table';
import { EngineValue } from './value';

import type { Site } from './run';
import type { Definition, Entry } from './table';
import type { Frame, Value } from './value';

/** An object: a table of fields, shared by all of its kind, and what belongs to this one (J32). */
export class JsonnetObject extends EngineValue {
	readonly table: Table;
	/** The frame around the literal; with more than one layer, an array of the frames around each. */
	private readonly outers: Frame;
	/** By slot of the entry: a field is evaluated once (J39). After the slots, the frame of each layer. */
	private values: unknown[] | undefined = undefined;
	private belowValues: Map<Definition, Value> | undefined = undefined;
	private asserted: boolean;

	/** @param outers the frame around the literal; for a merged table, an array of the frames around each */
	constructor(table: Table, outers: Frame) {
		super();
		this.table = table;
		this.outers = outers;
		this.asserted = !table.hasAsserts;
		// `std` is made while compiling, outside of any run.
		if (--run.cells < 0 && run.active) allocate(0);
	}

	override get kind(): 'object' {
		return 'object';
	}

	/** `left + right` */
	static compose(left: JsonnetObject, right: JsonnetObject): JsonnetObject {
		return left.extend(right.table, right.outers);
	}

	/** `this + { … }` for a literal of this table, which needs no object of its own. */
	extend(table: Table, outers: Frame): JsonnetObject {
		const merged = Table.merge(this.table, table);
		return new JsonnetObject(merged, joinOuters(this.table, this.outers, table, outers));
	}

	without(name: string): JsonnetObject {
		const table = Table.without(this.table, name);
		if (table === this.table) return this;
		return new JsonnetObject(table, [...layerOuters(this.table, this.outers), []]);
	}

	/** The value of a field; the first access runs the asserts (J38). */
	get(entry: Entry, site?: Site): Value {
		if (!this.asserted) this.checkAsserts();
		const { top } = entry;
		const constant = top?.field?.constant;
		if (constant !== undefined) return constant;
		const { values } = this;
		if (values === undefined) {
			this.values = this.makeValues();
		} else {
			const known = values[entry.slot] as Value | undefined;
			if (known !== undefined) return known;
		}
		enter(site);
		const value = this.evaluate(top);
		leave();
		if (this.values !== undefined) this.values[entry.slot] = value;
		return value;
	}

	/** `super.name` of a layer; undefined when no layer below it has the field. */
	getBelow(name: string, layer: number, site?: Site): Value | undefined {
		const entry = this.table.lookup(name);
		const definition = entry === undefined ? undefined : findBelow(entry, layer);
		if (definition === undefined) return undefined;
		this.belowValues ??= new Map();
		const known = this.belowValues.get(definition);
		if (known !== undefined) return known;
		enter(site);
		const value = this.evaluate(definition);
		leave();
		this.belowValues.set(definition, value);
		return value;
	}

	hasBelow(name: string, layer: number): boolean {
		const entry = this.table.lookup(name);
		return entry !== undefined && findBelow(entry, layer) !== undefined;
	}

	/** Runs the asserts of all layers once, with the final self. */
	checkAsserts(): void {
		if (this.asserted) return;
		// Set before they run: an assert may read fields of its own object.
		this.asserted = true;
		for (const [layer, template] of this.table.layers.entries()) {
			if (template.asserts.length === 0) continue;
			const frame = this.layerFrame(layer);
			for (const assertion of template.asserts) assertion(frame);
		}
	}

	private evaluate(definition: Definition | undefined): Value {
		const field = definition?.field;
		if (definition === undefined || field === undefined)
			throw new Error('a removed field was read');
		if (field.constant !== undefined) return field.constant;
		const { layer } = definition;
		if (field.frame === 'layer') return field.code(this.layerFrame(layer));
		const outer = field.outer ?? this.outer(layer);
		if (field.frame === 'outer') return field.code(outer);
		const template = this.table.layers[layer];
		return field.code(template === undefined ? outer : template.makeFrame(outer, this, layer));
	}

	private layerFrame(layer: number): Frame {
		const { table } = this;
		const values = (this.values ??= this.makeValues());
		const at = table.slots + layer;
		const known = values[at];
		if (known !== undefined) return known as Frame;
		const outer = this.outer(layer);
		const frame = table.layers[layer]?.makeFrame(outer, this, layer) ?? outer;
		values[at] = frame;
		return frame;
	}

	private outer(layer: number): Frame {
		return this.table.layers.length === 1 ? this.outers : (this.outers[layer] as Frame);
	}

	private makeValues(): unknown[] {
		return new Array<unknown>(this.table.slots + this.table.layers.length);
	}
}

function joinOuters(left: Table, leftOuters: Frame, right: Table, rightOuters: Frame): Frame[] {
	if (left.layers.length === 1 && right.layers.length === 1) return [leftOuters, rightOuters];
	return layerOuters(left, leftOuters).concat(layerOuters(right, rightOuters));
}

function layerOuters(table: Table, outers: Frame): Frame[] {
	return table.layers.length === 1 ? [outers] : (outers as Frame[]);
}
