/**
 * A process that counts in documents of a store beside others that do the same. Waits until there is the document `go`. Arguments:
 * as JSON, see CounterOptions. Prints `ready`, `counted <revision>` and `made <race>` for what it has done, and `done <conflicts>`.
 */
import { openStore, type StoreOptions } from '../../core/buffer/open-store';
import type { Documents } from '../../core/buffer/documents';
import { BufferError } from '../../core/errors';

export interface CounterOptions {
	readonly store: StoreOptions;
	/** How often it counts. */
	readonly times: number;
	/** Documents that it tries to be the first to make. */
	readonly races: number;
}

export const COUNTER = { collection: 'counter', id: 'hot', go: 'go' } as const;

async function run(options: CounterOptions): Promise<void> {
	const store = await openStore(options.store);
	const { documents } = store;
	console.log('ready');
	while ((await documents.get(COUNTER.collection, COUNTER.go)) === undefined) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	for (let race = 0; race < options.races; race++) {
		const made = await tried(documents.put('race', `${race}`, process.pid, { ifRevision: 0 }));
		if (made !== undefined) console.log(`made ${race}`);
	}
	let conflicts = 0;
	for (let count = 0; count < options.times; count++) {
		for (;;) {
			const revision = await tried(increment(documents));
			if (revision !== undefined) {
				console.log(`counted ${revision}`);
				break;
			}
			conflicts++;
		}
	}
	await store.close();
	console.log(`done ${conflicts}`);
}

async function increment(documents: Documents): Promise<number> {
	const found = await documents.get(COUNTER.collection, COUNTER.id);
	const count = Number(found?.value ?? 0) + 1;
	const ifRevision = found?.revision ?? 0;
	return documents.put(COUNTER.collection, COUNTER.id, count, { ifRevision });
}

/** undefined where another process was faster. */
async function tried(put: Promise<number>): Promise<number | undefined> {
	try {
		return await put;
	} catch (error) {
		if (error instanceof BufferError && error.code === 'ERR_DOCUMENT_CONFLICT') return undefined;
		throw error;
	}
}

if (process.argv[2] !== undefined && require.main === module) {
	void run(JSON.parse(process.argv[2]) as CounterOptions);
}
