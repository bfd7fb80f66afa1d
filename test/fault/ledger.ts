import assert from 'node:assert/strict';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { latestTexts } from '../conformance/latest-fixtures';
import { EXPORT_ID, LEASE, readRows } from '../conformance/store-fixtures';

/** What the writers count in. */
export const DOCUMENTS = 'fault';
export const DOCUMENT_IDS = ['a', 'b'] as const;

/** Of so many writers of a process the last event of each request is kept as their latest. */
export const LATEST_WRITERS = 4;

/** What the world outside a store heard, line by line, and what must be true of it. */
export class Ledger {
	readonly #accepted = new Set<string>();
	readonly #delivered = new Set<string>();
	readonly #acked = new Set<string>();
	readonly #ackedKeys = new Set<string>();
	/** Key of a batch → its members and the highest token it was seen with. */
	readonly #batches = new Map<string, { members: string; token: number }>();
	readonly #rowOfId = new Map<string, string>();
	/** Document → revision → what it counted, of those that were acknowledged. */
	readonly #puts = new Map<string, Map<number, number>>();
	#duplicates = 0;

	/** A line that is whole ends with a dot of its own; of one that a kill cut short nothing follows. */
	read(line: string): void {
		const [verb, ...rest] = line.split(' ');
		if (rest.pop() !== '.') return;
		switch (verb) {
			case 'accepted':
				for (const id of rest) this.#accepted.add(id);
				break;
			case 'delivered':
				this.#readDelivered(rest);
				break;
			case 'acked':
				this.#ackedKeys.add(rest[0] ?? '');
				for (const id of membersOf(this.#batches.get(rest[0] ?? ''))) this.#acked.add(id);
				break;
			case 'put':
				this.#readPut(rest[0] ?? '', Number(rest[1]), Number(rest[2]));
				break;
			case 'ready':
				break;
			default:
				assert.ok(verb !== 'wrong', `payload of ${rest[0]} changed (I4)`);
		}
	}

	#readDelivered([key = '', token = '', ...members]: string[]): void {
		assert.ok(!this.#ackedKeys.has(key), `batch ${key} came again after its ack (I8)`);
		const before = this.#batches.get(key);
		const shown = members.join(' ');
		if (before !== undefined) {
			assert.equal(shown, before.members, 'a batch comes again with the same rows (I4)');
			assert.ok(Number(token) > before.token, 'tokens rise (I7)');
		}
		this.#batches.set(key, { members: shown, token: Number(token) });
		for (const member of members) {
			const [rowId = '', eventId = ''] = member.split(':');
			assert.ok(!this.#acked.has(eventId), `${eventId} came again after its ack (I8)`);
			assert.equal(
				this.#rowOfId.get(rowId) ?? eventId,
				eventId,
				'a row id stays with its row (I20)',
			);
			this.#rowOfId.set(rowId, eventId);
			if (this.#delivered.has(eventId)) this.#duplicates++;
			this.#delivered.add(eventId);
		}
	}

	#readPut(id: string, revision: number, count: number): void {
		const puts = this.#puts.get(id) ?? new Map<number, number>();
		this.#puts.set(id, puts);
		assert.ok(!puts.has(revision), `revision ${revision} of document ${id} was given twice`);
		puts.set(revision, count);
	}

	/** What was acknowledged last is there, or something newer, and each count was put once. */
	async checkDocuments(store: Store): Promise<number> {
		let heard = 0;
		for (const [id, puts] of this.#puts) {
			heard += puts.size;
			const found = await store.documents.get(DOCUMENTS, id);
			const { count, padding } = found?.value as { count: number; padding: string };
			assert.equal(padding, `${count}`.padStart((count * 977) % 20_000, '.'));
			const inOrder = [...puts].sort(([a], [b]) => a - b);
			let [lastRevision, lastCount] = [0, 0];
			for (const [revision, one] of inOrder) {
				assert.ok(one > lastCount, `of document ${id} count ${one} was put twice`);
				[lastRevision, lastCount] = [revision, one];
			}
			assert.ok((found?.revision ?? 0) >= lastRevision, `document ${id} went back (I1)`);
			assert.ok(count >= lastCount, `document ${id} lost what was acknowledged (I1)`);
			// Those that nobody heard of were under way when their process was killed.
			assert.ok((found?.revision ?? 0) > lastRevision || count === lastCount);
		}
		return heard;
	}

	/** Once all is delivered: the latest of a writer is that of its last request which is stored, acknowledged or not (I1, I2). */
	async checkLatest(store: Store): Promise<number> {
		const last = new Map<string, { count: number; id: string }>();
		for (const id of this.#delivered) {
			const [, key = '', writer, count, n, size] = /^(.+-(\d+))-(\d+)_(\d+)_(\d+)$/.exec(id) ?? [];
			if (Number(writer) >= LATEST_WRITERS || Number(n) !== Number(size) - 1) continue;
			if ((last.get(key)?.count ?? -1) < Number(count)) last.set(key, { count: Number(count), id });
		}
		const kept = (await latestTexts(store)).map((text) => text.split(' ').slice(0, 2).join(' '));
		const expected = [...last].map(([key, { id }]) => `${key} ${id}`);
		assert.deepEqual(kept.toSorted(), expected.toSorted(), 'latest events are those of the rows');
		return kept.length;
	}

	/** Accepted ⊆ delivered (I3), requests are there wholly or not at all (I2), and row ids have no gaps. */
	check(): { accepted: number; delivered: number; duplicates: number } {
		const lost = [...this.#accepted].filter((id) => !this.#delivered.has(id));
		assert.deepEqual(lost.slice(0, 10), [], `${lost.length} acknowledged rows were lost (I3)`);
		const requests = new Map<string, number>();
		for (const id of this.#delivered) {
			const [request = '', , size = '1'] = id.split('_');
			const name = `${request} of ${size}`;
			requests.set(name, (requests.get(name) ?? 0) + 1);
		}
		const torn = [...requests].filter(([name, count]) => !name.endsWith(` of ${count}`));
		assert.deepEqual(torn.slice(0, 10), [], `${torn.length} requests were stored in part (I2)`);
		// Not Math.max(...): a long run has more rows than a call may have arguments.
		let highest = 0;
		for (const rowId of this.#rowOfId.keys()) highest = Math.max(highest, Number(rowId));
		assert.equal(highest, this.#rowOfId.size, 'row ids have no gaps');
		return {
			accepted: this.#accepted.size,
			delivered: this.#delivered.size,
			duplicates: this.#duplicates,
		};
	}
}

/**
 * Delivers everything that is left in a store, as a fresh process would. Where leases outlive their owners it waits for their
 * end.
 */
export async function drainInto(
	ledger: Ledger,
	options: StoreOptions,
	deadlineMs = 30_000,
): Promise<void> {
	const store = await openStore(options);
	try {
		assert.equal((await store.stats()).missingRows, 0);
		const puts = await ledger.checkDocuments(store);
		assert.ok(puts > 2, `${puts} documents were put: too few to say something`);
		const until = performance.now() + deadlineMs;
		for (;;) {
			const [counters] = await store.counters();
			if (counters === undefined || counters.rows + counters.openRows === 0) break;
			const batch = await store.claim(EXPORT_ID, { ...LEASE, flush: true });
			if (batch === undefined) {
				assert.ok(performance.now() < until, 'rows are left that nobody gives (I3)');
				await new Promise((resolve) => setTimeout(resolve, 20));
				continue;
			}
			const rows = await readRows(batch);
			const ids = rows.map((row) => `${row.rowId}:${row.eventId}`).join(' ');
			ledger.read(`delivered ${batch.idempotencyKey} ${batch.lease.token} ${ids} .`);
			await store.settle(batch.lease, { kind: 'ack' });
			ledger.read(`acked ${batch.idempotencyKey} .`);
		}
		assert.ok((await ledger.checkLatest(store)) > 2, 'too few latest events to say something');
	} finally {
		await store.close();
	}
}

function membersOf(batch: { members: string } | undefined): string[] {
	return batch?.members.split(' ').map((member) => member.split(':')[1] ?? '') ?? [];
}
