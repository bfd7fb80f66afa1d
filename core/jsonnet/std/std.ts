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
import { PLAIN_LAYER, constantField } from '../evaluate/fields';
import { HostFunctionValue } from '../evaluate/host';
import { JsonnetObject } from '../evaluate/object';
import { run, runtimeError } from '../evaluate/run';
import { Table, entryOf } from '../evaluate/table';
import { placeOf } from '../source';
import { asString, force } from '../evaluate/value';
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

import type { Entry, FieldTemplate } from '../evaluate/table';
import type { Item, Value } from '../evaluate/value';
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

/** The same for every file, so made once. */
const SHARED: readonly Entry[] = [
	...AREAS.map((each) => hidden(each.name, each)),
	hidden('pi', Math.PI),
].map(entryOf);

/** Makes `std` for one file: an object like any other, with hidden fields (J44). */
export function makeStd(options: StdOptions): JsonnetObject {
	const own = [
		hidden('thisFile', options.thisFile),
		hidden(
			'extVar',
			builtin('extVar(x)', (x) => options.extVar(asString(x))),
		),
		hidden(
			'native',
			builtin('native(x)', (x) => findNative(options.native, asString(x))),
		),
		hidden(
			'trace',
			builtin('trace(str, ~rest)', (str, rest: Item) => trace(options, str, rest)),
		),
	];
	const entries = [...SHARED, ...own.map((field, i) => entryOf(field, SHARED.length + i))];
	return new JsonnetObject(Table.ofLayer(PLAIN_LAYER, entries, entries.length, false), [[]]);
}

function hidden(name: string, value: Value): FieldTemplate {
	return constantField(name, value, 'hidden');
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

function trace(options: StdOptions, str: Value, rest: Item): Value {
	const text = asString(str);
	const site = run.sites[run.depth];
	if (site === undefined) throw runtimeError('std.trace needs a place');
	const { line } = placeOf(site.source, site.span);
	options.trace?.(`TRACE: ${site.source.filename}:${line} ${text}`);
	return force(rest);
}
