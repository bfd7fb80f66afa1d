import type { LatestEvent } from '../../core/buffer/latest';
import type { Store } from '../../core/buffer/store';

export function aLatest(key: string, text: string, overrides: Partial<LatestEvent> = {}) {
	return { key, at: 0, event: new TextEncoder().encode(text), ...overrides } satisfies LatestEvent;
}

/** In one request, an event each. */
export function appendLatest(store: Store, ...latest: LatestEvent[]) {
	const events = latest.map((one) => ({ rows: [], latest: one }));
	return store.append({ receiverId: 'receiver', events });
}

/** All of a receiver, page by page, as `key text`. */
export async function latestTexts(
	store: Pick<Store, 'latest'>,
	receiverId = 'receiver',
): Promise<string[]> {
	const texts: string[] = [];
	let after: string | undefined;
	do {
		const page = await store.latest(receiverId, { after, limit: 1_000 });
		texts.push(...page.events.map(({ key, event }) => `${key} ${new TextDecoder().decode(event)}`));
		after = page.next;
	} while (after !== undefined);
	return texts;
}
