/**
 * The process that the loops of order key kill (I22): one that appends, and three deliveries at once, each row by row. A row that fails is
 * retried, and the rows of its key behind it are held. One line per row that was appended or sent, each written synchronously. Arguments:
 * KeySenderOptions as JSON.
 */
import { openSync, writeSync } from 'node:fs';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Batch, Outcome, Store } from '../../core/buffer/store';
import { systemClock } from '../../core/runtime/clock';
import { anExport, aRow, EXPORT_ID, someError } from '../conformance/store-fixtures';

const KEYS = 12;
const LOOPS = 3;
const FAILING = 0.2;
const RETRY_MS = 5;
const IDLE_MS = 5;

export interface KeySenderOptions {
	readonly store: StoreOptions;
	/** How many rows of each key were appended before. */
	readonly counts?: Readonly<Record<string, number>>;
	/** Of the keys that it appends. */
	readonly prefix?: string;
	/** Appends nothing, and ends when nothing is left. */
	readonly drains?: boolean;
	readonly leaseMs?: number;
	/** A file for what it says of rows, which others may write, too; else it is printed. */
	readonly log?: string;
}

const options = JSON.parse(process.argv[2] ?? '') as KeySenderOptions;
const { prefix = '', drains = false, leaseMs = 2_000, log } = options;
const counts = { ...options.counts };
const file = log === undefined ? 1 : openSync(log, 'a');

async function run(): Promise<void> {
	const store = await openStore(options.store);
	const conditions = { count: 7, sizeBytes: 60_000, timeMs: 1_000 };
	await store.putExport(anExport({ conditions, maxInFlight: LOOPS, order: 'key' }));
	say('ready', 1);
	if (!drains) void appendOn(store);
	await Promise.all(Array.from({ length: LOOPS }, () => deliverOn(store)));
	await store.close();
	say('drained', 1);
}

async function appendOn(store: Store): Promise<never> {
	for (;;) {
		const rows = Array.from({ length: 5 }, () => {
			const key = `${prefix}k${Math.floor(Math.random() * KEYS)}`;
			const count = (counts[key] = (counts[key] ?? 0) + 1);
			return aRow(systemClock, `${key} ${count}`, { sequenceKey: key });
		});
		await store.append({ receiverId: 'receiver', events: rows.map((row) => ({ rows: [row] })) });
		for (const { payload } of rows) say(`appended ${Buffer.from(payload).toString()}`);
	}
}

async function deliverOn(store: Store): Promise<void> {
	for (;;) {
		const o = { owner: 'key-sender', leaseMs, flush: true };
		const batch = await store.claim(EXPORT_ID, o);
		if (batch !== undefined) await deliver(store, batch);
		else if (drains && (await isEmpty(store))) return;
		else await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
	}
}

async function deliver(store: Store, batch: Batch): Promise<void> {
	const [retry, hold]: [number[], number[]] = [[], []];
	const failed = new Set<string>();
	let position = 0;
	for await (const slice of batch.rows()) {
		for (const { payload, sequenceKey = '' } of slice) {
			const text = Buffer.from(payload).toString();
			if (failed.has(sequenceKey)) hold.push(position);
			else if (Math.random() < FAILING) {
				failed.add(sequenceKey);
				retry.push(position);
			} else say(`sent ${text}`);
			position++;
			await new Promise(setImmediate);
		}
	}
	const retryAt = Date.now() + RETRY_MS;
	const outcome: Outcome =
		retry.length === 0
			? { kind: 'ack' }
			: { kind: 'split', retry, retryAt, hold, dead: [], error: someError };
	await store.settle(batch.lease, outcome);
}

async function isEmpty(store: Store): Promise<boolean> {
	const [counters] = await store.counters();
	return counters !== undefined && counters.rows + counters.openRows === 0;
}

/** At once and whole: what is not said did not happen. */
function say(line: string, to = file): void {
	writeSync(to, `${line}\n`);
}

void run();
