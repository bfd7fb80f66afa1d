/**
 * The process that the fault loops kill: writers and a flusher on one store of any kind. One line per acknowledged id, per
 * delivered batch and per confirmed ack, each written synchronously, so that a line that is missing was never said.
 *
 * Arguments: WriterOptions as JSON.
 */
import { writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { BufferError } from '../../core/errors';
import { systemClock } from '../../core/runtime/clock';
import { aLatest } from '../conformance/latest-fixtures';
import { DOCUMENT_IDS, DOCUMENTS, LATEST_WRITERS } from './ledger';
import { anExport, aRow, EXPORT_ID, keys, readRows, toText } from '../conformance/store-fixtures';

/** What a fault loop tells the writer that it starts. */
export interface WriterOptions {
	/** As `openStore` takes them, as far as JSON can say it. */
	readonly store: StoreOptions;
	/** Begins the ids of everything it appends; a new one for each process. */
	readonly round: string;
	/** How long its leases outlive it where a store cannot know that it died; default 30 s. */
	readonly leaseMs?: number;
	/** What it does; both unless said. */
	readonly role?: 'append' | 'deliver' | 'both';
}

/** Small, so that many rounds do not leave more than the end can drain. */
const QUOTA_BYTES = 10_000_000;
const FULL_PAUSE_MS = 20;

const options = JSON.parse(process.argv[2] ?? '') as WriterOptions;
const { round, leaseMs = 30_000, role = 'both' } = options;

async function run(): Promise<void> {
	const store = await openStore(options.store);
	const conditions = { count: 150, sizeBytes: 60_000, timeMs: 1_000 };
	const quota = { bytes: QUOTA_BYTES };
	await store.putExport(anExport({ conditions, maxInFlight: 2, quota }));
	say('ready');
	if (role !== 'deliver') for (let writer = 0; writer < 32; writer++) void appendOn(store, writer);
	if (role !== 'append') void deliverOn(store);
	if (role !== 'deliver') for (const id of DOCUMENT_IDS) void putOn(store, id);
}

async function appendOn(store: Store, writer: number): Promise<void> {
	for (let count = 0; ; count++) {
		// Most requests have one event, some have many: those are wholly there or not at all (I2).
		const size = count % 4 === 3 ? 2 + ((writer * 7 + count) % 30) : 1;
		const ids = Array.from({ length: size }, (_, n) => `${round}-${writer}-${count}_${n}_${size}`);
		const events = ids.map((id, n) => {
			const text = `${id} ${createHash('sha256').update(id).digest('hex')}`.padEnd(
				200 + ((writer * 37 + (count + n) * 101) % 900),
				'.',
			);
			const isLatest = writer < LATEST_WRITERS && n === size - 1;
			return {
				...keys(id),
				rows: [aRow(systemClock, text, { eventId: id })],
				...(isLatest ? { latest: aLatest(`${round}-${writer}`, text, { at: count }) } : {}),
			};
		});
		await untilTaken(() => store.append({ receiverId: 'receiver', events }));
		say(`accepted ${ids.join(' ')}`);
	}
}

/** Counts in a document, beside others that count in it, too. */
async function putOn(store: Store, id: string): Promise<void> {
	for (;;) {
		const found = await store.documents.get(DOCUMENTS, id);
		const count = ((found?.value as { count: number } | undefined)?.count ?? 0) + 1;
		const value = { count, padding: `${count}`.padStart((count * 977) % 20_000, '.') };
		try {
			const ifRevision = found?.revision ?? 0;
			const revision = await store.documents.put(DOCUMENTS, id, value, { ifRevision });
			say(`put ${id} ${revision} ${count}`);
		} catch (error) {
			if (!(error instanceof BufferError) || error.code !== 'ERR_DOCUMENT_CONFLICT') throw error;
		}
	}
}

/** As a sender does whose event was refused for want of room (S43). */
async function untilTaken(append: () => Promise<unknown>): Promise<void> {
	for (;;) {
		try {
			await append();
			return;
		} catch (error) {
			if (!(error instanceof BufferError) || error.code !== 'ERR_QUOTA') throw error;
			await new Promise((resolve) => setTimeout(resolve, FULL_PAUSE_MS));
		}
	}
}

async function deliverOn(store: Store): Promise<void> {
	for (;;) {
		const batch = await store.claim(EXPORT_ID, { owner: round, leaseMs });
		if (batch === undefined) {
			await new Promise((resolve) => setImmediate(resolve));
			continue;
		}
		const rows = await readRows(batch);
		for (const row of rows) {
			const [id = '', hash] = toText(row).split(/[ .]+/);
			if (createHash('sha256').update(id).digest('hex') !== hash) say(`wrong ${id}`);
		}
		const ids = rows.map((row) => `${row.rowId}:${row.eventId}`).join(' ');
		say(`delivered ${batch.idempotencyKey} ${batch.lease.token} ${ids}`);
		await store.settle(batch.lease, { kind: 'ack' });
		say(`acked ${batch.idempotencyKey}`);
	}
}

function say(line: string): void {
	let left = Buffer.from(`${line} .\n`);
	while (left.byteLength > 0) {
		try {
			left = left.subarray(writeSync(1, left));
		} catch (error) {
			// The pipe is full: the parent reads more slowly than we write.
			if ((error as { code?: string }).code !== 'EAGAIN') throw error;
		}
	}
}

void run();
