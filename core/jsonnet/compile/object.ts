import { add } from '../evaluate/arithmetic';
import { makeFrame } from '../evaluate/function';
import { JsonnetObject } from '../evaluate/object';
import { allocate, runtimeError, step } from '../evaluate/run';
import { Table, entryOf } from '../evaluate/table';
import { kindOf } from '../evaluate/value';
import { syntaxError } from '../syntax/syntax-error';
import { compileAssertion, compileBinds, compileFunction } from './control';
import { compileSpecs } from './comprehension';
import { usesObjectFrame } from './frame-use';
import { LAYER_SLOT, SELF_SLOT } from './scope';

import type { Entry, FieldTemplate, LayerTemplate } from '../evaluate/table';
import type { Code, Frame, Value } from '../evaluate/value';
import type { Site } from '../evaluate/run';
import type { Apply, Field, ObjectComprehension, ObjectNode } from '../syntax/ast';
import type { Compiler } from './compiler';
import type { Scope } from './scope';

/** Up to this many names a search is quicker than a set. */
const MAX_SEARCHED = 8;

/** A field whose name may still be unknown. */
interface CompiledField {
	/** The literal name, or code that gives it in the frame around the object (J35). */
	readonly name: string | Code;
	readonly site: Site;
	template(name: string): FieldTemplate;
}

/** An object literal. Without computed names its table is made once, while compiling. */
export function compileObject(node: ObjectNode, scope: Scope, compiler: Compiler): Code {
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
	const layer: LayerTemplate = { asserts, makeFrame: layerFrameMaker(inner, binds) };
	const slots = fields.length;
	const known = fields.map(({ name, template }, slot) =>
		typeof name === 'string' ? entryOf(template(name), slot) : undefined,
	);
	const entries = known.filter((entry) => entry !== undefined);
	if (entries.length === slots) {
		const table = Table.ofLayer(layer, entries, slots, true);
		return (frame) => new JsonnetObject(table, [frame]);
	}
	return (frame) => {
		allocate(slots);
		const found = new EntryList();
		for (let slot = 0; slot < slots; slot++) {
			const field = fields[slot];
			const entry = known[slot];
			if (entry !== undefined) found.add(entry, field?.site);
			else if (field !== undefined) addComputed(found, field, slot, frame);
		}
		return new JsonnetObject(Table.ofLayer(layer, found.entries, slots, false), [frame]);
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
	const layer: LayerTemplate = { asserts: [], makeFrame: layerFrameMaker(inner, binds) };
	return (frame) => {
		const found = new EntryList();
		specs.run(frame, (iteration) => {
			allocate(1);
			addComputed(found, field, found.entries.length, iteration, iteration);
		});
		const { entries } = found;
		return new JsonnetObject(Table.ofLayer(layer, entries, entries.length, false), [frame]);
	};
}

/** `target { … }` is `target + { … }` (J34). */
export function compileApply(node: Apply, scope: Scope, compiler: Compiler): Code {
	const target = compiler.value(node.target, scope);
	const object = compiler.value(node.object, scope);
	const site = compiler.site(node, scope);
	return (frame) => add(target(frame), object(frame), site);
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
	const isFrameless = mayBeFrameless && !plus && !usesObjectFrame(value);
	const shown = field.name.kind === 'literal' ? String(field.name.value) : 'anonymous';
	const valueScope = (isFrameless ? scope : objectScope).labelled(`field <${shown}>`);
	const code =
		value.kind === 'function'
			? compileFunction(value, valueScope, compiler, shown)
			: compiler.value(value, valueScope);
	const frame = isFrameless ? 'outer' : 'layer';
	const constant = value.kind === 'literal' && !plus ? { constant: value.value } : {};
	return {
		name: (field.computed ? undefined : literalName(field)) ?? compiler.value(field.name, scope),
		site,
		template: (name) => ({
			name,
			code: plus ? compilePlus(name, code, site) : code,
			frame,
			visibility,
			...constant,
		}),
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
	readonly entries: Entry[] = [];
	private names: Set<string> | undefined = undefined;

	add(entry: Entry, site: Site | undefined): void {
		const { entries } = this;
		if (this.has(entry.name)) {
			throw runtimeError(`Duplicate field name: ${JSON.stringify(entry.name)}`, site);
		}
		entries.push(entry);
		this.names?.add(entry.name);
	}

	private has(name: string): boolean {
		const { entries } = this;
		if (entries.length > MAX_SEARCHED) this.names ??= new Set(entries.map((entry) => entry.name));
		if (this.names !== undefined) return this.names.has(name);
		for (let i = 0; i < entries.length; i++) if (entries[i]?.name === name) return true;
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
	const template = field.template(name);
	const entry = own === undefined ? template : { ...template, frame: 'own' as const, outer: own };
	found.add(entryOf(entry, slot), field.site);
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
