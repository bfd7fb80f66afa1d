import type { Clock } from '../../core/runtime/clock';
import { DeliveryError } from '../../core/errors';
import type {
	AppendedEvent,
	Batch,
	Counters,
	DedupeKey,
	Row,
	Store,
	StoredExport,
	StoredRow,
} from '../../core/buffer/store';

/** What a test works with; made anew for each. */
export interface Fixture {
	readonly store: Store;
	readonly clock: FakeClock;
	/** What the store has warned of. */
	readonly warnings: readonly string[];
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
	#now = Date.parse('2026-01-01T00:00:00.000Z');
	#timers: { at: number; f: () => void }[] = [];

	now(): number {
		return this.#now;
	}

	after(ms: number, f: () => void) {
		const timer = { at: this.#now + ms, f };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** Negative: the wall clock is set back. */
	advance(ms: number): void {
		this.#now += ms;
		for (const timer of this.#timers.filter(({ at }) => at <= this.#now)) {
			this.#timers = this.#timers.filter((other) => other !== timer);
			timer.f();
		}
	}
}

export const EXPORT_ID = 'receiver/orders';

/** When a claim of the export may give something. */
export async function dueAt(store: Store, exportId = EXPORT_ID): Promise<number | undefined> {
	return (await store.nextDue([exportId])).get(exportId);
}

export function anExport(overrides: Partial<StoredExport> = {}): StoredExport {
	return {
		id: 'orders',
		receiverId: 'receiver',
		label: 'Orders',
		output: 'record',
		conditions: { count: 3, sizeBytes: 1_000, timeMs: 60_000 },
		retry: { delaysMs: [5_000], jitter: 0 },
		order: 'any',
		maxInFlight: 1,
		onMappingError: 'reject',
		state: 'ACTIVE',
		origin: 'host',
		...overrides,
	};
}

export function aRow(clock: Clock, text: string, overrides: Partial<Row> = {}): Row {
	const payload = new TextEncoder().encode(text);
	return {
		exportId: EXPORT_ID,
		eventId: `event-${text.slice(0, 20)}`,
		receivedAt: clock.now(),
		mappingRevision: 1,
		payload,
		sizeBytes: payload.byteLength,
		...overrides,
	};
}

const DAY_MS = 86_400_000;

/** The keys of an event. */
export function keys(...names: readonly string[]): { dedupeKeys: DedupeKey[] } {
	return { dedupeKeys: names.map((key) => ({ key, windowMs: DAY_MS })) };
}

/** One event in a request of its own; whether it was known. */
export async function appendEvent(
	store: Pick<Store, 'append'>,
	{ receiverId = 'receiver', ...event }: AppendedEvent & { readonly receiverId?: string },
): Promise<{ duplicate: boolean; counters: readonly Counters[] }> {
	const { duplicates, counters } = await store.append({ receiverId, events: [event] });
	return { duplicate: duplicates[0] ?? false, counters };
}

/** One append per text, so that each is an event of its own. */
export async function appendTexts(
	store: Store,
	clock: Clock,
	texts: readonly string[],
	overrides: Partial<Row> = {},
): Promise<void> {
	for (const text of texts) {
		await store.append({
			receiverId: 'receiver',
			events: [{ rows: [aRow(clock, text, overrides)] }],
		});
	}
}

export async function readRows(source: Pick<Batch, 'rows'>): Promise<StoredRow[]> {
	const rows: StoredRow[] = [];
	for await (const slice of source.rows()) rows.push(...slice);
	return rows;
}

export async function readTexts(source: Pick<Batch, 'rows'>): Promise<string[]> {
	return (await readRows(source)).map(toText);
}

export function toText(row: Pick<Row, 'payload'>): string {
	return new TextDecoder().decode(row.payload);
}

export const LEASE = { owner: 'test', leaseMs: 30_000 } as const;

export const someError = new DeliveryError('ERR_SINK_UNAVAILABLE', 'the sink answered 503');

/** A batch that must be there. */
export async function claimBatch(
	store: Store,
	o: {
		exportId?: string;
		flush?: boolean;
		liveMs?: number;
		regardless?: boolean;
	} = {},
): Promise<Batch> {
	const { exportId = EXPORT_ID, ...how } = o;
	const batch = await store.claim(exportId, { ...LEASE, ...how });
	if (batch === undefined) throw new Error(`no batch of ${exportId} could be claimed`);
	return batch;
}
