/**
 * When each secret of a receiver let a request in last, so that a person sees when a former one can go. Told by its place, never by its
 * text: the document knows a secret by two bytes of a salted digest, which tell it from its neighbours and help nobody to guess it.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Documents } from '../buffer/documents';
import { WriteBehind } from '../buffer/write-behind';
import type { Clock } from '../runtime/clock';
import type { Authenticated } from '../signature/authenticate';
import { digestsAt } from '../signature/known-url-secrets';
import type { SchemeConfig } from '../signature/schemes/index';

/** Ids of the documents are those of receivers. */
export const SECRET_USES_COLLECTION = 'secret-uses';

/** A secret by its place. */
export interface SecretUse {
	/** Kind of its scheme. */
	readonly kind: string;
	/** From 1 in its scheme; the first is the current one. */
	readonly position: number;
	/** When it let a request in, milliseconds since the Unix epoch; absent: not since it is watched. */
	readonly lastUsedAt?: number;
}

/** Since when a receiver's secrets are watched, and what was seen. */
export interface SecretsInUse {
	readonly since: number;
	readonly secrets: readonly SecretUse[];
}

interface Ports {
	readonly documents: () => Documents;
	readonly clock: Clock;
	readonly onError: (error: unknown) => void;
}

/** As it is stored. */
interface Kept {
	readonly salt: string;
	readonly since: number;
	/** By mark. */
	readonly uses: Readonly<Record<string, number>>;
}

/** Of the times. */
const PRECISION_MS = 1_000;

/** Marks that are kept, the last used ones. */
const MAX_MARKS = 100;

export class SecretUses {
	readonly #ports: Ports;
	readonly #receivers = new Map<string, OfReceiver>();

	constructor(ports: Ports) {
		this.#ports = ports;
	}

	/** Also where its secrets are others now. */
	attach(receiverId: string, auth: readonly SchemeConfig[]): void {
		const one = this.#receivers.get(receiverId) ?? new OfReceiver(receiverId, this.#ports);
		this.#receivers.set(receiverId, one);
		one.setSecrets(secretsOf(auth, this.#ports.clock.now()));
	}

	/** It let a request in. */
	used(receiverId: string, { wayAt, secretAt }: Authenticated, at: number): void {
		if (secretAt !== undefined) this.#receivers.get(receiverId)?.used(wayAt, secretAt, at);
	}

	/** Undefined where it has none. */
	view(receiverId: string): SecretsInUse | undefined {
		return this.#receivers.get(receiverId)?.view();
	}

	/** Resolves when what was seen is kept. Never rejects. */
	async detach(receiverId: string): Promise<void> {
		const one = this.#receivers.get(receiverId);
		this.#receivers.delete(receiverId);
		await one?.close();
	}

	async close(): Promise<void> {
		await Promise.all([...this.#receivers.keys()].map((id) => this.detach(id)));
	}
}

/** Of each way: its kind, and its secrets or what stands for them. */
type Ways = readonly { readonly kind: string; readonly secrets: readonly string[] }[];

function secretsOf(auth: readonly SchemeConfig[], now: number): Ways {
	return auth.map((way) => {
		if (way.kind === 'url-secret' && way.known)
			return { kind: way.kind, secrets: digestsAt(way.known, now) };
		return { kind: way.kind, secrets: 'secrets' in way ? way.secrets : [] };
	});
}

class OfReceiver {
	readonly #ports: Ports;
	readonly #kept: WriteBehind;
	#ways: Ways = [];
	/** Of each secret of each way. */
	#marks: readonly (readonly string[])[] = [];
	#state: Kept;
	#loading: Promise<void> | undefined;

	constructor(receiverId: string, ports: Ports) {
		this.#ports = ports;
		this.#state = { salt: randomBytes(8).toString('hex'), since: ports.clock.now(), uses: {} };
		this.#kept = new WriteBehind({
			documents: ports.documents(),
			clock: ports.clock,
			collection: SECRET_USES_COLLECTION,
			id: receiverId,
			read: () => this.#state,
			merge: (_mine, theirs) => this.#adopt(theirs),
			onError: ports.onError,
		});
	}

	setSecrets(ways: Ways): void {
		this.#ways = ways;
		this.#mark();
		if (ways.some(({ secrets }) => secrets.length > 0)) this.#loading ??= this.#load();
	}

	used(wayAt: number, secretAt: number, at: number): void {
		const mark = this.#marks[wayAt]?.[secretAt];
		// Each request comes here, and nobody asks for less than a second.
		if (mark === undefined || Math.abs(at - (this.#state.uses[mark] ?? 0)) < PRECISION_MS) return;
		this.#state = { ...this.#state, uses: { ...this.#state.uses, [mark]: at } };
		this.#kept.touch();
	}

	view(): SecretsInUse | undefined {
		const { since, uses } = this.#state;
		const secrets = this.#ways.flatMap(({ kind, secrets: texts }, wayAt) =>
			texts.map((_text, index): SecretUse => {
				const lastUsedAt = uses[this.#marks[wayAt]?.[index] ?? ''];
				const use = { kind, position: index + 1 };
				return lastUsedAt === undefined ? use : { ...use, lastUsedAt };
			}),
		);
		return secrets.length === 0 ? undefined : { since, secrets };
	}

	async close(): Promise<void> {
		await this.#loading;
		await this.#kept.close();
	}

	async #load(): Promise<void> {
		try {
			const kept = await this.#kept.load();
			this.#adopt(kept);
			// Since when they are watched is to be known later.
			if (kept === undefined) this.#kept.touch();
		} catch (error) {
			this.#ports.onError(error);
		}
	}

	/** What another process, or a run before this one, has seen. */
	#adopt(theirs: unknown): Kept {
		const kept = readKept(theirs);
		if (!kept) return this.#state;
		const mine = this.#marks.flatMap((marks, wayAt) =>
			marks.map((mark, at) => ({ wayAt, at, usedAt: this.#state.uses[mark] })),
		);
		this.#state = { ...kept, since: Math.min(kept.since, this.#state.since) };
		this.#mark();
		const uses = { ...kept.uses };
		for (const { wayAt, at, usedAt } of mine) {
			const mark = this.#marks[wayAt]?.[at];
			if (mark !== undefined && usedAt !== undefined)
				uses[mark] = Math.max(usedAt, uses[mark] ?? 0);
		}
		const newest = Object.entries(uses).sort(([, a], [, b]) => b - a);
		this.#state = { ...this.#state, uses: Object.fromEntries(newest.slice(0, MAX_MARKS)) };
		return this.#state;
	}

	#mark(): void {
		const { salt } = this.#state;
		this.#marks = this.#ways.map(({ kind, secrets }) =>
			secrets.map((text) =>
				createHmac('sha256', salt).update(`${kind} ${text}`).digest('hex').slice(0, 4),
			),
		);
	}
}

/** As far as it can be read; another's build may have written it. */
function readKept(value: unknown): Kept | undefined {
	const { salt, since, uses } = (value ?? {}) as Partial<Kept>;
	if (typeof salt !== 'string' || !Number.isFinite(since) || typeof uses !== 'object')
		return undefined;
	const good = Object.entries(uses ?? {}).filter(([, at]) => Number.isFinite(at));
	return { salt, since: Number(since), uses: Object.fromEntries(good) };
}
