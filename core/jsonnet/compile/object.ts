import { add } from '../evaluate/arithmetic';
import { makeFrame } from '../evaluate/function';
import { JsonnetObject } from '../evaluate/object';
import { allocate, runtimeError, step } from '../evaluate/run';
import { Table, entryOf, onlyDefinition } from '../evaluate/table';
import { kindOf } from '../evaluate/value';
import { syntaxError } from '../syntax/syntax-error';
import { compileAssertion, compileBinds, compileFunction } from './control';
import { compileSpecs } from './comprehension';
import { LAYER_SLOT, SELF_SLOT } from './scope';

import type { Definition, Entry, FieldTemplate, LayerTemplate } from '../evaluate/table';
import type { Code, Frame, Value } from '../evaluate/value';
import type { Site } from '../evaluate/run';
import type { Apply, Field, ObjectComprehension, ObjectNode } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/** Up to this many names a search is quicker than a set. */
const MAX_SEARCHED = 8;

type OneLayer = readonly [LayerTemplate];

/** A field whose name may still be unknown. */
interface CompiledField {
	/** The literal name, or code that gives it in the frame around the object (J35). */
	readonly name: string | Code;
	readonly site: Site;
	/** With `+:` the name is part of the code, else all names share one. */
	definitions(name: string): readonly Definition[];
}

/** An object literal. */
export function compileObject(node: ObjectNode, scope: Scope, compiler: Compiler): Code {
	const made = compileTable(node, scope, compiler);
	if (typeof made === 'function') return (frame) => new JsonnetObject(made(frame), frame);
	return (frame) => new JsonnetObject(made, frame);
}

/** Without computed names the table is made once, while compiling. */
function compileTable(node: ObjectNode, scope: Scope, compiler: Compiler): Table | Code<Table> {
	checkDuplicates(node, scope);
	const inner = scope.object();
	const binds = compileBinds(node.locals, inner, compiler);
	const asserts = node.asserts.map((each) =>
		compileAssertion(each, inner, compiler, 'Object assertion failed.'),
	);
	const mayBeFrameless = node.locals.length === 0;
	const fields = node.fields.map((field) =>
		compileField(field, scope, inner, compiler, mayBeFrameless),
	);
	const layers: OneLayer = [{ asserts, makeFrame: layerFrameMaker(inner, binds) }];
	const slots = fields.length;
	const known = fields.map(({ name, definitions }, slot) =>
		typeof name === 'string' ? entryOf(name, definitions(name), slot) : undefined,
	);
	const entries = known.filter((entry) => entry !== undefined);
	if (entries.length === slots) return Table.ofLayer(layers, entries, slots, true);
	return (frame) => {
		allocate(slots);
		const found = new EntryList(slots);
		for (let slot = 0; slot < slots; slot++) {
			const field = fields[slot];
			const entry = known[slot];
			if (entry !== undefined) found.add(entry, field?.site);
			else if (field !== undefined) addComputed(found, field, slot, frame);
		}
		return Table.ofLayer(layers, found.finish(), slots, false);
	};
}

/** `{[name]: value for x in xs}`: each field has the frame of its iteration, and locals of its own. */
export function compileObjectComprehension(
	node: ObjectComprehension,
	scope: Scope,
	compiler: Compiler,
): Code {
	const specs = compileSpecs(node.specs, scope, compiler);
	const inner = specs.scope.object();
	const binds = compileBinds(node.locals, inner, compiler);
	const field = compileField(node.field, specs.scope, inner, compiler, false);
	const layers: OneLayer = [{ asserts: [], makeFrame: layerFrameMaker(inner, binds) }];
	const loop = specs.loop<EntryList>((iteration, found) => {
		allocate(1);
		addComputed(found, field, found.size, iteration, iteration);
	});
	return (frame) => {
		const found = new EntryList(0);
		loop(frame, found);
		const entries = found.finish();
		return new JsonnetObject(Table.ofLayer(layers, entries, entries.length, false), frame);
	};
}

/** `target { … }` is `target + { … }` (J34). */
export function compileApply(node: Apply, scope: Scope, compiler: Compiler): Code {
	const target = compiler.value(node.target, scope);
	if (node.object.kind !== 'object') {
		const object = compiler.value(node.object, scope);
		const site = compiler.site(node, scope);
		return (frame) => add(target(frame), object(frame), site);
	}
	return compileExtension(target, node.object, scope, compiler, compiler.site(node, scope));
}

/** `target + { … }`: the literal becomes a layer at once, without an object of its own. */
export function compileExtension(
	target: Code,
	node: ObjectNode,
	scope: Scope,
	compiler: Compiler,
	site: Site,
): Code {
	const made = compileTable(node, scope, compiler);
	return (frame) => {
		const left = target(frame);
		const table = typeof made === 'function' ? made(frame) : made;
		if (left instanceof JsonnetObject) return left.extend(table, frame);
		return add(left, new JsonnetObject(table, frame), site);
	};
}

function compileField(
	field: Field,
	scope: Scope,
	objectScope: Scope,
	compiler: Compiler,
	mayBeFrameless: boolean,
): CompiledField {
	const site = compiler.site(field.at, scope);
	const { visibility, plus, value } = field;
	const isFrameless = mayBeFrameless && !plus && !field.usesFrame;
	const shown = field.name.kind === 'literal' ? String(field.name.value) : 'anonymous';
	const valueScope = (isFrameless ? scope : objectScope).labelled(`field <${shown}>`);
	const code =
		value.kind === 'function'
			? compileFunction(value, valueScope, compiler, shown)
			: compiler.value(value, valueScope);
	const frame = isFrameless ? 'outer' : 'layer';
	const constant = value.kind === 'literal' && !plus ? value.value : undefined;
	const template: FieldTemplate = { code, frame, constant, visibility, outer: undefined };
	const shared = onlyDefinition(template);
	return {
		name: (field.computed ? undefined : literalName(field)) ?? compiler.value(field.name, scope),
		site,
		definitions: (name) =>
			plus ? onlyDefinition({ ...template, code: compilePlus(name, code, site) }) : shared,
	};
}

function literalName(field: Field): string | undefined {
	const { name } = field;
	return name.kind === 'literal' && typeof name.value === 'string' ? name.value : undefined;
}

/** `name+: value` adds to the inherited value when there is one (J31). */
function compilePlus(name: string, code: Code, site: Site): Code {
	return (frame) => {
		const self = frame[SELF_SLOT] as JsonnetObject;
		const inherited = self.getBelow(name, frame[LAYER_SLOT] as number, site);
		const value = code(frame);
		return inherited === undefined ? value : add(inherited, value, site);
	};
}

/** Entries of an object with computed names, which must differ (J36). */
class EntryList {
	size = 0;
	private readonly entries: Entry[];
	private names: Set<string> | undefined = undefined;

	constructor(expected: number) {
		this.entries = expected === 0 ? [] : new Array<Entry>(expected);
	}

	/** The array itself: the list is not used any more. */
	finish(): Entry[] {
		this.entries.length = this.size;
		return this.entries;
	}

	add(entry: Entry, site: Site | undefined): void {
		const { entries } = this;
		if (this.has(entry.name)) {
			throw runtimeError(`Duplicate field name: ${JSON.stringify(entry.name)}`, site);
		}
		entries[this.size++] = entry;
		this.names?.add(entry.name);
	}

	private has(name: string): boolean {
		const { entries, size } = this;
		if (size > MAX_SEARCHED && this.names === undefined) {
			this.names = new Set();
			for (let i = 0; i < size; i++) this.names.add((entries[i] as Entry).name);
		}
		if (this.names !== undefined) return this.names.has(name);
		for (let i = 0; i < size; i++) if (entries[i]?.name === name) return true;
		return false;
	}
}

function addComputed(
	found: EntryList,
	field: CompiledField,
	slot: number,
	frame: Frame,
	own?: Frame,
): void {
	step();
	const name: Value = typeof field.name === 'string' ? field.name : field.name(frame);
	if (name === null) return;
	if (typeof name !== 'string') {
		throw runtimeError(`Field name must be string, got ${kindOf(name)}`, field.site);
	}
	const shared = field.definitions(name);
	const definitions = own === undefined ? shared : withOuter(shared, own);
	found.add(entryOf(name, definitions, slot), field.site);
}

function withOuter(shared: readonly Definition[], outer: Frame): readonly Definition[] {
	const field = shared[0]?.field;
	return field === undefined ? shared : onlyDefinition({ ...field, frame: 'own', outer });
}

function layerFrameMaker(
	inner: Scope,
	binds: readonly ((frame: Frame) => void)[],
): LayerTemplate['makeFrame'] {
	const { layout } = inner;
	return (outer, self, layer) => {
		const frame = makeFrame(outer, layout.size);
		frame[SELF_SLOT] = self;
		frame[LAYER_SLOT] = layer;
		for (let i = 0; i < binds.length; i++) binds[i]?.(frame);
		return frame;
	};
}

function checkDuplicates(node: ObjectNode, scope: Scope): void {
	const names = new Set<string>();
	for (const field of node.fields) {
		const name = field.computed ? undefined : literalName(field);
		if (name === undefined) continue;
		if (names.has(name)) throw syntaxError(scope.source, field.at, `Duplicate field: ${name}`);
		names.add(name);
	}
}
