import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
	type Confirm,
	type InspectOptions,
	ROW_STATES,
	type RowState,
	type Verb,
	type VerbArguments,
} from '../core/index';
import { parseAdmin, type AdminCommand } from './admin/command';
import { parsePlace } from './place';
import { UsageError } from './usage-error';

export type Command =
	| { readonly verb: 'help' }
	| AdminCommand
	| { readonly verb: 'inspect' | 'verify'; readonly store: InspectOptions; readonly json: boolean }
	| {
			readonly verb: 'export';
			readonly store: InspectOptions;
			readonly what: readonly Exported[];
			readonly output: string | undefined;
	  }
	| {
			readonly verb: 'operate';
			readonly store: InspectOptions;
			/** As it was typed. */
			readonly word: OperateWord;
			readonly does: Verb;
			readonly arguments: VerbArguments;
			/** The file that has more of them. */
			readonly change?: string;
	  }
	| {
			readonly verb: 'move';
			readonly store: InspectOptions;
			readonly to: InspectOptions;
			readonly confirm: Confirm | undefined;
	  };

/** What `export` writes: rows by their state, latest events, and documents. */
export type Exported = RowState | 'latest' | 'documents';
const EXPORTED: readonly Exported[] = [...ROW_STATES, 'latest', 'documents'];

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const COMMON = { help: { ...FLAG, short: 'h' }, schema: TEXT } as const;
const EXPORT = { ...COMMON, export: TEXT } as const;
/** What acts on a store, by the verbs of core. */
const OPERATE = {
	pause: EXPORT,
	resume: EXPORT,
	flush: EXPORT,
	retry: EXPORT,
	metrics: EXPORT,
	deliveries: { ...EXPORT, limit: TEXT },
	peek: { ...EXPORT, limit: TEXT },
	'dry-run': { ...EXPORT, change: TEXT, limit: TEXT },
	dead: { ...EXPORT, batch: TEXT, limit: TEXT, offset: TEXT, rows: TEXT },
	replay: { ...EXPORT, since: TEXT, batch: TEXT },
	'replay-kept': { ...EXPORT, from: TEXT, until: TEXT, types: TEXT, ids: TEXT, confirm: TEXT },
	enable: EXPORT,
	backup: COMMON,
	orphans: COMMON,
	adopt: { ...EXPORT, to: TEXT },
	disable: { ...EXPORT, confirm: TEXT },
	purge: { ...EXPORT, what: TEXT, batch: TEXT, confirm: TEXT },
	remove: { ...EXPORT, confirm: TEXT },
} as const;
const OPTIONS = {
	inspect: { ...COMMON, json: FLAG },
	verify: { ...COMMON, json: FLAG },
	export: { ...COMMON, what: TEXT, output: { ...TEXT, short: 'o' } },
	move: { ...COMMON, 'to-schema': TEXT, confirm: TEXT },
	...OPERATE,
} as const;
const ALL = {
	...OPTIONS.inspect,
	...OPTIONS.export,
	...OPTIONS.dead,
	...OPTIONS.replay,
	...OPTIONS['replay-kept'],
	...OPTIONS.purge,
	...OPTIONS.adopt,
	...OPTIONS.move,
	...OPTIONS['dry-run'],
} as const;

export type OperateWord = keyof typeof OPERATE;

/** @throws UsageError */
export function parseCommand(args: readonly string[]): Command {
	if (args[0] === 'admin' && !args.includes('--help') && !args.includes('-h')) {
		return parseAdmin(args.slice(1));
	}
	const { values, positionals } = parse(args);
	if (values.help) return { verb: 'help' };
	const [area, verb = '', place, ...rest] = positionals;
	if (area !== 'store') throw new UsageError('the first word is: store, or admin');
	if (!isVerb(verb)) {
		throw new UsageError(`after "store" comes one of ${Object.keys(OPTIONS).join(', ')}`);
	}
	if (place === undefined || place === '') {
		throw new UsageError(`${verb} needs a store: a directory or a PostgreSQL connection string`);
	}
	if (rest.length > (verb === 'backup' ? 1 : 0) && verb !== 'move') {
		const more = verb === 'backup' ? ' and one new directory' : '';
		throw new UsageError(`${verb} takes one store${more}`);
	}
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
		case 'move': {
			const [to, ...more] = rest;
			if (!to || more.length > 0) throw new UsageError('move takes two stores: from, and to');
			const confirm = confirmOf(values.confirm);
			return { verb, store, to: parsePlace(to, values['to-schema'], '--to-schema'), confirm };
		}
		default:
			return { verb: 'operate', store, word: verb, ...toVerb(verb, values, rest) };
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

interface Given {
	readonly [option: string]: string | boolean | undefined;
	readonly export?: string;
	readonly batch?: string;
	readonly since?: string;
	readonly from?: string;
	readonly until?: string;
	readonly types?: string;
	readonly ids?: string;
	readonly what?: string;
	readonly confirm?: string;
	readonly to?: string;
	readonly change?: string;
}

/** What core checks is left to it. */
function toVerb(
	word: OperateWord,
	o: Given,
	[target]: readonly string[],
): { does: Verb; arguments: VerbArguments; change?: string } {
	const exportId = o.export;
	switch (word) {
		case 'dry-run': {
			const given = { exportId: needed(word, exportId), ...numbersOf(o, ['limit']) };
			if (!o.change)
				throw new UsageError('dry-run needs --change <file>, with the changed mapping');
			return { does: 'dryRun', arguments: given, change: o.change };
		}
		case 'replay':
		case 'purge':
			return oneOrExport(word, o);
		case 'dead': {
			const limits = numbersOf(o, ['limit', 'offset', 'rows']);
			if (o.batch === undefined) return { does: 'deadLetters', arguments: { exportId, ...limits } };
			return { does: 'look', arguments: { batchId: batchOf(o.batch), limit: limits['limit'] } };
		}
		case 'backup':
			if (!target) throw new UsageError('backup needs a store, and the directory to make');
			return { does: word, arguments: { directory: resolve(target) } };
		case 'orphans':
			return { does: 'orphans', arguments: {} };
		case 'adopt':
			if (!o.to) throw new UsageError('adopt needs --to <receiver/export>');
			return { does: word, arguments: { exportId: needed(word, exportId), to: o.to } };
		case 'replay-kept': {
			const kept = { exportId: needed(word, exportId), ...keptOf(o) };
			return { does: 'replayKept', arguments: { ...kept, confirm: confirmOf(o.confirm) } };
		}
		case 'deliveries':
		case 'peek':
			return {
				does: word,
				arguments: { exportId: needed(word, exportId), ...numbersOf(o, ['limit']) },
			};
		case 'disable':
		case 'remove':
			return {
				does: word === 'remove' ? 'removeOrphan' : word,
				arguments: { exportId: needed(word, exportId), confirm: confirmOf(o.confirm) },
			};
		default:
			return { does: word, arguments: { exportId: needed(word, exportId) } };
	}
}

function oneOrExport(word: 'replay' | 'purge', o: Given): { does: Verb; arguments: VerbArguments } {
	const { batch, export: exportId, since, what, confirm } = o;
	if ((batch === undefined) === (exportId === undefined)) {
		throw new UsageError(`${word} needs either --batch <id> or --export <receiver/export>`);
	}
	if (batch !== undefined) {
		if (since !== undefined) throw new UsageError('--since belongs to --export');
		if (what !== undefined) throw new UsageError('--what belongs to --export');
		const does = word === 'purge' ? 'purgeDeadLetter' : word;
		return { does, arguments: { batchId: batchOf(batch) } };
	}
	if (word === 'purge')
		return { does: word, arguments: { exportId, what, confirm: confirmOf(confirm) } };
	const at = since === undefined ? {} : { since: parseInstant(since, 'since') };
	return { does: word, arguments: { exportId, ...at } };
}

/** Which kept events. */
function keptOf({ from, until, types, ids }: Given): VerbArguments {
	return {
		...(from === undefined ? {} : { from: parseInstant(from, 'from') }),
		...(until === undefined ? {} : { until: parseInstant(until, 'until') }),
		...(types === undefined ? {} : { types: types.split(',') }),
		...(ids === undefined ? {} : { eventIds: ids.split(',') }),
	};
}

function needed(word: string, exportId: string | undefined): string {
	if (exportId) return exportId;
	throw new UsageError(`${word} needs --export <receiver/export>`);
}

function batchOf(batch: string): string {
	if (/^\d+$/.test(batch) && Number.isSafeInteger(Number(batch))) return batch;
	throw new UsageError('--batch is the number of a dead letter, as inspect and export show it');
}

function confirmOf(text: string | undefined): Confirm | undefined {
	if (text === undefined || text === 'all') return text;
	if (/^\d+$/.test(text)) return Number(text);
	throw new UsageError('--confirm is the number of rows that may go, or all');
}

function numbersOf(o: Given, names: readonly string[]): Record<string, number> {
	const given = names.flatMap((name) => {
		const text = o[name];
		if (text === undefined) return [];
		if (!/^\d+$/.test(String(text))) throw new UsageError(`--${name} is a whole number`);
		return [[name, Number(text)] as const];
	});
	return Object.fromEntries(given);
}

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** Date.parse alone takes "5" for a month of 2001, and the 30th of February for a day. */
function parseInstant(text: string, option: string): number {
	const day = text.slice(0, 10);
	const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(at) || new Date(Date.parse(day)).toISOString().slice(0, 10) !== day) {
		throw new UsageError(
			`--${option} is an instant in ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z`,
		);
	}
	return at;
}
