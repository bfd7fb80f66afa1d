import { parseArgs } from 'node:util';
import { type InspectOptions, type ReplayChoice, ROW_STATES, type RowState } from '../core/index';
import { parsePlace } from './place';
import { UsageError } from './usage-error';

export type Command =
	| { readonly verb: 'help' }
	| { readonly verb: 'inspect' | 'verify'; readonly store: InspectOptions; readonly json: boolean }
	| {
			readonly verb: 'export';
			readonly store: InspectOptions;
			readonly what: readonly Exported[];
			readonly output: string | undefined;
	  }
	| { readonly verb: 'replay'; readonly store: InspectOptions; readonly choice: ReplayChoice };

/** What `export` writes: rows by their state, and documents. */
export type Exported = RowState | 'documents';
const EXPORTED: readonly Exported[] = [...ROW_STATES, 'documents'];

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const COMMON = { help: { ...FLAG, short: 'h' }, schema: TEXT } as const;
const OPTIONS = {
	inspect: { ...COMMON, json: FLAG },
	verify: { ...COMMON, json: FLAG },
	export: { ...COMMON, what: TEXT, output: { ...TEXT, short: 'o' } },
	replay: { ...COMMON, export: TEXT, since: TEXT, batch: TEXT },
} as const;
const ALL = { ...OPTIONS.inspect, ...OPTIONS.export, ...OPTIONS.replay } as const;

/** @throws UsageError */
export function parseCommand(args: readonly string[]): Command {
	const { values, positionals } = parse(args);
	if (values.help) return { verb: 'help' };
	const [area, verb = '', place, ...rest] = positionals;
	if (area !== 'store') throw new UsageError('the first word is: store');
	if (!isVerb(verb)) {
		throw new UsageError(`after "store" comes one of ${Object.keys(OPTIONS).join(', ')}`);
	}
	if (place === undefined || place === '') {
		throw new UsageError(`${verb} needs a store: a directory or a PostgreSQL connection string`);
	}
	if (rest.length > 0) throw new UsageError(`${verb} takes one store`);
	for (const name of Object.keys(values)) {
		if (!(name in OPTIONS[verb])) throw new UsageError(`${verb} has no option --${name}`);
	}
	const store = parsePlace(place, values.schema);
	switch (verb) {
		case 'inspect':
		case 'verify':
			return { verb, store, json: values.json ?? false };
		case 'export':
			return { verb, store, what: parseWhat(values.what), output: values.output };
		case 'replay':
			return { verb, store, choice: parseChoice(values) };
	}
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options: ALL, allowPositionals: true });
	} catch (error) {
		// Node's text repeats the argument, never another one.
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function isVerb(verb: string): verb is keyof typeof OPTIONS {
	return Object.hasOwn(OPTIONS, verb);
}

function parseWhat(what = 'all'): readonly Exported[] {
	if (what === 'all') return EXPORTED;
	const wanted = what.split(',');
	const unknown = wanted.filter((name) => !EXPORTED.some((one) => one === name));
	if (unknown.length > 0) {
		throw new UsageError(`--what is all or some of ${EXPORTED.join(',')}`);
	}
	return EXPORTED.filter((one) => wanted.includes(one));
}

function parseChoice(o: { export?: string; since?: string; batch?: string }): ReplayChoice {
	const { batch, export: exportId, since } = o;
	if ((batch === undefined) === (exportId === undefined)) {
		throw new UsageError('replay needs either --batch <id> or --export <receiver/export>');
	}
	if (batch !== undefined) {
		if (since !== undefined) throw new UsageError('--since belongs to --export');
		if (!/^\d+$/.test(batch) || !Number.isSafeInteger(Number(batch))) {
			throw new UsageError('--batch is the number of a dead letter, as inspect and export show it');
		}
		return { batchId: batch };
	}
	return since === undefined
		? { exportId: exportId ?? '' }
		: { exportId: exportId ?? '', since: parseInstant(since) };
}

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** Date.parse alone takes "5" for a month of 2001, and the 30th of February for a day. */
function parseInstant(text: string): number {
	const day = text.slice(0, 10);
	const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(at) || new Date(Date.parse(day)).toISOString().slice(0, 10) !== day) {
		throw new UsageError(
			'--since is an instant in ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z',
		);
	}
	return at;
}
