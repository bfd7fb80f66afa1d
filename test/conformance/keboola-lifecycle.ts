import assert from 'node:assert/strict';
import { openStore } from '../../core/buffer/open-store';
import type { Store } from '../../core/buffer/store';
import { nextDelayMs } from '../../core/delivery/retry-schedule';
import { resolveRetry } from '../../core/delivery/resolve-retry';
import { CoreError } from '../../core/errors';
import { humanByteSize, parseByteSize } from '../../core/pure/byte-size';
import { fileName, validateNameTemplate } from '../../core/sink/files/file-names';
import {
	anExport,
	appendEvent,
	appendTexts,
	aRow,
	claimBatch,
	dueAt,
	EXPORT_ID,
	FakeClock,
	LEASE,
	someError,
} from './store-fixtures';

/** What the cases of the group `lifecycle` say, in the words of a store: a slice and its file are one batch. */

async function withStore(run: (store: Store, clock: FakeClock) => Promise<void>): Promise<void> {
	const clock = new FakeClock();
	const store = await openStore({ kind: 'memory', clock });
	try {
		await run(store, clock);
	} finally {
		await store.close();
	}
}

/** Where a batch is, as K101 calls it: what is closed is given to the sink in the same step, and what is taken is gone. */
async function stateOf(store: Store): Promise<readonly string[]> {
	const [counters] = await store.counters();
	assert.ok(counters);
	const { rows, openBatches, retryingBatches, ackedTotal } = counters;
	if (rows > 0) return ['writing'];
	if (retryingBatches > 0) return ['failed'];
	if (openBatches > 0) return ['uploading'];
	return ackedTotal > 0 ? ['uploaded', 'imported'] : [];
}

export function checkStates(allowed: readonly (readonly [string, string])[]): Promise<void> {
	return withStore(async (store, clock) => {
		await store.putExport(anExport());
		await appendTexts(store, clock, ['a', 'b', 'c']);
		const seen = [...(await stateOf(store))];
		const first = await claimBatch(store);
		seen.push('closing', ...(await stateOf(store)));
		await store.settle(first.lease, { kind: 'retry', at: clock.now(), error: someError });
		seen.push(...(await stateOf(store)));
		const second = await claimBatch(store);
		seen.push(...(await stateOf(store)));
		assert.equal(second.idempotencyKey, first.idempotencyKey, 'it is the same batch');
		await store.settle(second.lease, { kind: 'ack' });
		seen.push(...(await stateOf(store)));
		const steps = seen.slice(1).map((to, index) => [seen[index], to]);
		assert.deepEqual(new Set(steps.map(String)), new Set(allowed.map(String)));
		// K102: anything else is refused.
		for (const { lease } of [first, second]) {
			for (const outcome of [
				{ kind: 'ack' },
				{ kind: 'retry', error: someError },
				{ kind: 'dead', error: someError },
			] as const)
				await assert.rejects(store.settle(lease, outcome), { code: 'ERR_LEASE_LOST' });
		}
	});
}

/** @param retryAtByAttempt times of the day, counted from the failure */
export function checkRetry(retryAtByAttempt: Readonly<Record<string, string>>): void {
	const schedule = resolveRetry({ preset: 'keboola' }, 'retry');
	const midnight = Date.parse('2010-01-01T00:00:00Z');
	for (const [attempt, time] of Object.entries(retryAtByAttempt)) {
		for (const random of [0, 0.5, 1]) {
			const retryAt = midnight + (nextDelayMs(schedule, Number(attempt), random) ?? Number.NaN);
			assert.equal(new Date(retryAt).toISOString(), `2010-01-01T${time}.000Z`);
		}
	}
	assert.ok(nextDelayMs(schedule, 1_000, 0), 'attempts are unlimited');
}

/** K104: nothing is closed where nothing waits, whoever asks. */
export function checkEmpty(): Promise<void> {
	return withStore(async (store) => {
		await store.putExport(anExport());
		const { mappingRevision } = await store.putExport(anExport({ output: 'cells' }));
		assert.equal(mappingRevision, 2);
		assert.equal(await dueAt(store), undefined);
		assert.equal(await store.claim(EXPORT_ID, { ...LEASE, flush: true }), undefined);
		assert.equal((await store.counters())[0]?.openBatches, 0);
	});
}

/** @param message as the Keboola API words it, of which the error has all parts */
export function checkOverflow(limit: string, buffered: string, message: string): Promise<void> {
	const quotaBytes = parseByteSize(limit);
	assert.ok(quotaBytes);
	const bufferedBytes = Math.round(Number.parseFloat(buffered) * 1_024);
	return withStore(async (store, clock) => {
		const receiverId = 'my-receiver';
		const quota = { bytes: quotaBytes };
		for (const id of ['one', 'two']) await store.putExport(anExport({ id, receiverId, quota }));
		const row = (id: string, sizeBytes: number) =>
			aRow(clock, id, { exportId: `${receiverId}/${id}`, sizeBytes });
		const push = (first: number, second: number) =>
			appendEvent(store, { receiverId, rows: [row('one', first), row('two', second)] });
		// K66: strictly more, summed over exports, checked before the write: it may overshoot.
		await push(quotaBytes - 50, 50);
		await push(1_000, bufferedBytes - quotaBytes - 1_000);
		await assert.rejects(push(1, 1), (error: unknown) => {
			assert(error instanceof CoreError);
			assert.equal(error.code, 'ERR_QUOTA');
			const { receiverId: of, usedBytes, quotaBytes: bytes } = error.details;
			const [used, most] = [usedBytes, bytes].map((value) => humanByteSize(Number(value)));
			assert.equal(
				`No free space in the buffer: receiver "${String(of)}" has "${used}" buffered for upload, limit is "${most}".`,
				message,
			);
			return true;
		});
	});
}

/** K105: a file is called by receiver, export and when it was begun. Ours differ by their number, too. @param slice with its ending */
export function checkNames(openedAt: string, slice: string, file: string): void {
	const named = {
		receiver: 'my-receiver',
		export: 'my-export',
		label: 'label',
		beganAt: Date.parse(openedAt),
		number: 7,
	};
	assert.equal(`${fileName('{date}{time}', named)}.gz`, slice);
	assert.equal(fileName('{receiver}_{export}_{date}{time}', named), file);
	const template = '{receiver}_{export}_{date}{time}_{number}';
	validateNameTemplate(template, 'name');
	assert.equal(fileName(template, named), `${file}_000007`);
}
