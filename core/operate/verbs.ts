/**
 * The one set of verbs, by which hosts, command line and APIs act. To add one: a function in `verbs/`, a line here, its texts in the
 * hosts. The order is that of menus: what loses nothing stands first.
 */
import { ConfigError } from '../errors';
import type { Operable } from './operable';
import { type Confirm } from './verbs/confirm';
import { listDeadLetters, showDeadLetter, purgeDeadLetter, replay } from './verbs/dead-letters';
import { listDeliveries } from './verbs/deliveries';
import { metrics } from './verbs/metrics';
import { adopt } from './verbs/adopt';
import { backup } from './verbs/backup';
import { disable } from './verbs/disable';
import { runDry } from './verbs/dry-run';
import { flush } from './verbs/flush';
import { listOrphans, removeOrphan } from './verbs/orphans';
import { peek } from './verbs/peek';
import { purge, type Purged } from './verbs/purge';
import { replayKept } from './verbs/replay-kept';
import { renewUrlSecret } from './verbs/renew-url-secret';
import { listRequests } from './verbs/requests';
import { retryNow } from './verbs/retry';
import { enable, pause, resume } from './verbs/states';
import { synchronize } from './verbs/synchronize';
import { testDelivery } from './verbs/test';
import { testReceiver } from './verbs/test-receiver';
import { takeSnapshot } from './snapshot';

/** What a verb may be told; each takes some of it. Everything is checked here. */
export interface VerbArguments {
	/** Full id of a buffer. */
	readonly exportId?: string | undefined;
	/** Id of a receiver. */
	readonly receiverId?: string | undefined;
	/** Id of a dead letter. */
	readonly batchId?: string | undefined;
	/** How many are listed or shown. */
	readonly limit?: number | undefined;
	readonly offset?: number | undefined;
	/** Rows shown of each dead letter. */
	readonly rows?: number | undefined;
	/** Dead letters put aside since, milliseconds since the Unix epoch. */
	readonly since?: number | undefined;
	/** Kept events: when they came (from, and before), milliseconds since the Unix epoch; of which types, and with which ids. */
	readonly from?: number | undefined;
	readonly until?: number | undefined;
	readonly types?: unknown;
	readonly eventIds?: unknown;
	readonly what?: string | undefined;
	/** A type of event of the Data Connector. */
	readonly sample?: string | undefined;
	/** An event of one's own. */
	readonly event?: unknown;
	/** Of a mapping that is tried: columns, filter, output. */
	readonly columns?: unknown;
	readonly filter?: unknown;
	readonly output?: unknown;
	readonly confirm?: Confirm | undefined;
	/** Full id of another buffer. */
	readonly to?: string | undefined;
	/** Absolute path. */
	readonly directory?: string | undefined;
}

interface VerbOf {
	readonly takes: readonly (keyof VerbArguments)[];
	run(on: Operable, o: VerbArguments): Promise<unknown>;
}

const ofExport = (run: (on: Operable, exportId: string) => Promise<unknown>): VerbOf => ({
	takes: ['exportId'],
	run: (on, { exportId }) => run(on, textOf(exportId, 'exportId')),
});

const VERB_TABLE = {
	snapshot: { takes: [], run: (on: Operable) => takeSnapshot(on) },
	pause: ofExport(pause),
	resume: ofExport(resume),
	flush: ofExport(flush),
	retry: ofExport(retryNow),
	synchronize: ofExport(synchronize),
	metrics: ofExport(metrics),
	deliveries: {
		takes: ['exportId', 'limit'],
		run: (on, o) => listDeliveries(on, textOf(o.exportId, 'exportId'), { limit: o.limit }),
	},
	requests: {
		takes: ['receiverId', 'limit'],
		run: (on, o) => listRequests(on, textOf(o.receiverId, 'receiverId'), { limit: o.limit }),
	},
	peek: {
		takes: ['exportId', 'limit'],
		run: (on, o) => peek(on, textOf(o.exportId, 'exportId'), { limit: o.limit }),
	},
	deadLetters: {
		takes: ['exportId', 'limit', 'offset', 'rows'],
		run: (on, o) => listDeadLetters(on, o),
	},
	look: {
		takes: ['batchId', 'limit'],
		run: (on, o) => showDeadLetter(on, textOf(o.batchId, 'batchId'), { limit: o.limit }),
	},
	replay: {
		takes: ['batchId', 'exportId', 'since'],
		run: (on, { batchId, exportId, since }) =>
			batchId === undefined
				? replay(on, {
						exportId: textOf(exportId, 'exportId'),
						...(since === undefined ? {} : { since: instantOf(since) }),
					})
				: replay(on, { batchId: textOf(batchId, 'batchId') }),
	},
	replayKept: {
		takes: ['exportId', 'from', 'until', 'types', 'eventIds', 'confirm'],
		run: (on, { exportId, ...o }) => replayKept(on, textOf(exportId, 'exportId'), o),
	},
	test: {
		takes: ['exportId', 'sample', 'event'],
		run: (on, o) => testDelivery(on, textOf(o.exportId, 'exportId'), o),
	},
	dryRun: {
		takes: ['exportId', 'columns', 'filter', 'output', 'sample', 'event', 'from', 'until', 'limit'],
		run: (on, o) => runDry(on, textOf(o.exportId, 'exportId'), o),
	},
	testReceiver: {
		takes: ['receiverId', 'sample', 'event'],
		run: (on, o) => testReceiver(on, textOf(o.receiverId, 'receiverId'), o),
	},
	enable: ofExport(enable),
	backup: { takes: ['directory'], run: (on, { directory }) => backup(on, directory) },
	orphans: { takes: [], run: (on: Operable) => listOrphans(on) },
	adopt: {
		takes: ['exportId', 'to'],
		run: (on, o) => adopt(on, textOf(o.exportId, 'exportId'), textOf(o.to, 'to')),
	},
	renewUrlSecret: {
		takes: ['receiverId'],
		run: (on, o) => renewUrlSecret(on, textOf(o.receiverId, 'receiverId')),
	},
	disable: {
		takes: ['exportId', 'confirm'],
		run: (on, o) => disable(on, textOf(o.exportId, 'exportId'), o),
	},
	purge: {
		takes: ['exportId', 'what', 'confirm'],
		run: (on, { exportId, what, confirm }) =>
			purge(on, textOf(exportId, 'exportId'), { what: what as Purged, confirm }),
	},
	purgeDeadLetter: {
		takes: ['batchId'],
		run: (on, { batchId }) => purgeDeadLetter(on, textOf(batchId, 'batchId')),
	},
	removeOrphan: {
		takes: ['exportId', 'confirm'],
		run: (on, o) => removeOrphan(on, textOf(o.exportId, 'exportId'), o),
	},
} as const satisfies Record<string, VerbOf>;

export type Verb = keyof typeof VERB_TABLE;

/** All verbs, in the order of menus. */
export const VERBS = Object.keys(VERB_TABLE) as Verb[];

/** What a verb can be told. */
export function argumentsOf(verb: Verb): readonly (keyof VerbArguments)[] {
	return VERB_TABLE[verb].takes;
}

/**
 * Runs a verb by its name, for hosts that are given one.
 *
 * @returns plain data: what the verb's function says
 * @throws ConfigError naming what is missing, unknown or out of bounds; what the verb's function throws
 */
export async function runVerb(on: Operable, verb: string, given: VerbArguments): Promise<unknown> {
	if (!isVerb(verb)) throw new ConfigError('verb', `one of ${VERBS.join(', ')}`, verb);
	const { takes, run }: VerbOf = VERB_TABLE[verb];
	for (const [name, value] of Object.entries(given)) {
		if (value === undefined || takes.some((known) => known === name)) continue;
		const what = takes.length === 0 ? 'nothing' : takes.join(', ');
		throw new ConfigError(name, `no such argument: ${verb} takes ${what}`);
	}
	return run(on, given);
}

function isVerb(text: string): text is Verb {
	return Object.hasOwn(VERB_TABLE, text);
}

const WANTED: Readonly<Record<string, string>> = {
	batchId: 'the id of a dead letter',
	receiverId: 'the id of a receiver',
};

function textOf(value: unknown, path: string): string {
	if (typeof value === 'string' && value !== '') return value;
	throw new ConfigError(path, WANTED[path] ?? 'the id of a buffer', value);
}

function instantOf(value: unknown): number {
	if (Number.isSafeInteger(value)) return Number(value);
	throw new ConfigError('since', 'an instant in milliseconds since the Unix epoch', value);
}
