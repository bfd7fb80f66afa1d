import { allocate, enter, leave, run } from './run';
import { Table, findBelow } from './table';
import { EngineValue } from './value';

import type { Site } from './run';
import type { Definition, Entry } from './table';
import type { Frame, Value } from './value';

/** An object: a table of fields, shared by all of its kind, and what belongs to this one (J32). */
export class JsonnetObject extends EngineValue {
	readonly table: Table;
	/** The frame around each layer's literal. */
	readonly outers: readonly Frame[];
	private frames: (Frame | undefined)[] | undefined = undefined;
	/** By slot of the entry: a field is evaluated once (J39). */
	private values: (Value | undefined)[] | undefined = undefined;
	private belowValues: Map<Definition, Value> | undefined = undefined;
	private asserted: boolean;

	constructor(table: Table, outers: readonly Frame[]) {
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
		const merged = Table.merge(left.table, right.table);
		return new JsonnetObject(merged, [...left.outers, ...right.outers]);
	}

	without(name: string): JsonnetObject {
		const table = Table.without(this.table, name);
		if (table === this.table) return this;
		return new JsonnetObject(table, [...this.outers, []]);
	}

	/** The value of a field; the first access runs the asserts (J38). */
	get(entry: Entry, site?: Site): Value {
		if (!this.asserted) this.checkAsserts();
		const { top } = entry;
		const constant = top?.field?.constant;
		if (constant !== undefined) return constant;
		const { values } = this;
		if (values === undefined) {
			this.values = new Array<Value | undefined>(this.table.slots);
		} else {
			const known = values[entry.slot];
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
		const outer = field.outer ?? this.outers[layer] ?? [];
		if (field.frame === 'outer') return field.code(outer);
		const template = this.table.layers[layer];
		return field.code(template === undefined ? outer : template.makeFrame(outer, this, layer));
	}

	private layerFrame(layer: number): Frame {
		this.frames ??= new Array<Frame | undefined>(this.outers.length);
		const known = this.frames[layer];
		if (known !== undefined) return known;
		const outer = this.outers[layer] ?? [];
		const frame = this.table.layers[layer]?.makeFrame(outer, this, layer) ?? outer;
		this.frames[layer] = frame;
		return frame;
	}
}
