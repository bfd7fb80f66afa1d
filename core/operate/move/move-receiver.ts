import type { AppendedEvent, Store } from '../../buffer/store';
import { listDefinitions } from '../../definitions/list-definitions';

/** What the store keeps of receivers beside rows: latest events, which go, and known keys, which end by themselves. */
export interface MovedReceivers {
	readonly latest: number;
	readonly keys: number;
}

export async function moveReceivers(from: Store, to: Store): Promise<MovedReceivers> {
	const moved = { latest: 0, keys: 0 };
	for (const receiverId of await receiversOf(from)) {
		moved.keys += await copyKeys(from, to, receiverId);
		moved.latest += await moveLatest(from, to, receiverId);
	}
	return moved;
}

/** All that may have any: no store lists them. */
async function receiversOf(store: Store): Promise<Set<string>> {
	const { good, bad } = await listDefinitions(store.documents, 'receiver');
	return new Set([
		...good.map(({ definition }) => definition.id),
		...bad.map(({ id }) => id),
		...(await store.listExports()).map(({ receiverId }) => receiverId),
	]);
}

/** One that happened later stays there. */
async function moveLatest(from: Store, to: Store, receiverId: string): Promise<number> {
	let count = 0;
	let after: string | undefined;
	do {
		const { events, next } = await from.latest(receiverId, { after });
		await append(
			to,
			receiverId,
			events.map((latest) => ({ rows: [], latest })),
		);
		count += events.length;
		after = next;
	} while (after !== undefined);
	await from.forgetLatest(receiverId);
	return count;
}

async function copyKeys(from: Store, to: Store, receiverId: string): Promise<number> {
	let count = 0;
	let after: string | undefined;
	do {
		const { keys, next } = await from.knownKeys(receiverId, { after, limit: 1_000 });
		await append(
			to,
			receiverId,
			keys.map((key) => ({ rows: [], dedupeKeys: [key] })),
		);
		count += keys.length;
		after = next;
	} while (after !== undefined);
	return count;
}

async function append(
	to: Store,
	receiverId: string,
	events: readonly AppendedEvent[],
): Promise<void> {
	if (events.length > 0) await to.append({ receiverId, events });
}
