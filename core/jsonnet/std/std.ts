/**
 * The standard library, by area (J54).
 *
 * To add a function:
 * 1. Put `builtin('name(a, b=)', (a, b?: Value) => …)` into the list of its area. Parameter names are API. `x=` has a
 *    default (the argument is undefined then), `x|y` has two names, `~x` arrives unevaluated, as an Item to `force`.
 * 2. Check arguments with `asString`, `asInteger`, `asArray`, …; they throw Go's type errors.
 * 3. Count before working: `charge(n)` for a loop of n steps, `allocate(n)` for elements, `allocateString(n)` for text.
 *    Use `enter`/`leave` around recursion. No regular expression on text of the user (J93).
 * 4. Leave elements unevaluated where Jsonnet does: return thunks (`lazyCall`, `new Thunk`).
 * 5. Add a row per value, edge and error to test/unit/jsonnet/std-*.test.ts, and the name to docs/templates.md.
 */
import { constantField, lazyField, tableOfFields } from '../evaluate/fields';
import { HostFunctionValue } from '../evaluate/host';
import { JsonnetObject } from '../evaluate/object';
import { charge, run, runtimeError } from '../evaluate/run';
import { shorten } from '../../message-text';
import { placeOf } from '../source';
import { asString, force } from '../evaluate/value';
import { stdHint } from '../hints/name-hints';
import { aggregates } from './aggregates';
import { arrays } from './arrays';
import { builtin } from './builtin';
import { encoding } from './encoding';
import { escapes } from './escape';
import { internals } from './internals';
import { manifests } from './manifest';
import { numbers } from './numbers';
import { objects } from './objects';
import { parsing } from './parsing';
import { sets } from './sets';
import { strings } from './strings';
import { types } from './types';

import type { Table } from '../evaluate/table';
import type { Code, Item, Value } from '../evaluate/value';
import type { HostValue } from '../host-function';
import type { NativeFunction } from '../options';
import type { Builtin } from './builtin';

/** What differs between the files that see `std`. */
export interface StdOptions {
	readonly thisFile: string;
	readonly extVar: (name: string) => Value;
	readonly native: Readonly<Record<string, NativeFunction>>;
	readonly trace: ((line: string) => void) | undefined;
}

const AREAS: readonly Builtin[] = [
	...types,
	...numbers,
	...strings,
	...arrays,
	...aggregates,
	...sets,
	...objects,
	...escapes,
	...encoding,
	...parsing,
	...manifests,
	...internals,
];

/** What is no function of an area; as fields they find the options in the frame of the object. */
const OWN: Readonly<Record<string, (options: StdOptions) => Value>> = {
	pi: () => Math.PI,
	thisFile: (options) => options.thisFile,
	extVar: (options) => builtin('extVar(x)', (x) => options.extVar(asString(x))),
	native: (options) => builtin('native(x)', (x) => findNative(options.native, asString(x))),
	trace: (options) => builtin('trace(str, ~rest)', (str, rest: Item) => trace(options, str, rest)),
};

/** Names of all fields of `std`. */
export const STD_NAMES: readonly string[] = [
	...AREAS.map((each) => each.name),
	...Object.keys(OWN),
];

/** The same for every file, so made once, when a template first wants more than a function of it. */
let sharedTable: Table | undefined;

/** `std` of one file: an object like any other, with hidden fields (J44). A call of `std.f` does without the object. */
export class Std {
	private readonly options: StdOptions;
	private object: JsonnetObject | undefined = undefined;

	constructor(options: StdOptions) {
		this.options = options;
	}

	get value(): JsonnetObject {
		sharedTable ??= makeTable();
		return (this.object ??= new JsonnetObject(sharedTable, [this.options]));
	}

	member(name: string): Value | undefined {
		return AREAS.find((each) => each.name === name) ?? this.ownMember(name);
	}

	memberHint(name: string): string | undefined {
		return stdHint(name, STD_NAMES);
	}

	private ownMember(name: string): Value | undefined {
		return Object.hasOwn(OWN, name) ? OWN[name]?.(this.options) : undefined;
	}
}

function makeTable(): Table {
	const entries = AREAS.map((each, slot) => constantField(each.name, each, slot, 'hidden'));
	for (const [name, make] of Object.entries(OWN)) {
		const code: Code = ([options]) => make(options as StdOptions);
		entries.push(lazyField(name, code, entries.length, 'hidden'));
	}
	return tableOfFields(entries);
}

/** Null when there is none. */
function findNative(natives: StdOptions['native'], name: string): Value {
	const native = Object.hasOwn(natives, name) ? natives[name] : undefined;
	if (native === undefined) return null;
	return new HostFunctionValue(name, {
		params: native.params.map((param) => ({ name: param })),
		call: (_context, args) => native.func(...(args as HostValue[])),
	});
}

/** UTF-16 units of a line of `std.trace`. */
const MAX_TRACE = 10_000;

function trace(options: StdOptions, str: Value, rest: Item): Value {
	const text = asString(str);
	const site = run.sites[run.depth];
	if (site === undefined) throw runtimeError('std.trace needs a place');
	const { line } = placeOf(site.source, site.span);
	charge(text.length >>> 8);
	options.trace?.(shorten(`TRACE: ${site.source.filename}:${line} ${text}`, MAX_TRACE));
	return force(rest);
}
