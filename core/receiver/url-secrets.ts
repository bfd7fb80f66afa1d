/**
 * Which secrets of a receiver's URL let requests in, over restarts and in all processes of a store: the current ones and, for a while,
 * those before them. The document holds digests alone. It is changed where somebody renews the secret, and where the configuration
 * comes with another one than it had.
 */
import { randomBytes } from 'node:crypto';
import type { Documents } from '../buffer/documents';
import { CoreError } from '../errors';
import {
	findUrlSecret,
	urlSecretDigest,
	type KnownUrlSecrets,
} from '../signature/known-url-secrets';
import type { Clock } from '../runtime/clock';

/** Ids of the documents are those of receivers. */
export const URL_SECRETS_COLLECTION = 'url-secrets';

/** Former ones that are remembered; as many as a configuration may have. */
const MAX_FORMER = 10;
/** How long another process may go on without knowing of a change, and how often it asks about a secret that it does not know. */
const READ_EVERY_MS = 60_000;
const ASK_EVERY_MS = 5_000;
const MAX_CONFLICTS = 5;

/** As it is stored. */
interface State extends KnownUrlSecrets {
	/** Those of the configuration: where they are others, a person has changed them. */
	readonly configured: readonly string[];
	/** When it was renewed last, milliseconds since the Unix epoch. */
	readonly renewedAt?: number;
}

export interface UrlSecretPorts {
	readonly receiverId: string;
	/** Texts of the configuration. */
	readonly configured: readonly string[];
	/** How long former ones let requests in. */
	readonly formerMs: number;
	readonly documents: () => Documents;
	readonly clock: Clock;
	/** Whether other processes may have the store. */
	readonly isShared: () => boolean;
	/** Hears what counts from now on. */
	readonly onChange: (known: KnownUrlSecrets) => void;
}

export class UrlSecrets {
	readonly #ports: UrlSecretPorts;
	#known: State | undefined;
	#readAt = 0;

	constructor(ports: UrlSecretPorts) {
		this.#ports = ports;
	}

	/** When it was renewed last, by whomever. */
	get renewedAt(): number | undefined {
		return this.#known?.renewedAt;
	}

	/** @throws what the store says */
	async load(): Promise<void> {
		const { configured, formerMs, clock } = this.#ports;
		await this.#change((state) => configure(state, configured, formerMs, clock.now()));
	}

	/**
	 * Lets a new secret in, and those before it for a while.
	 *
	 * @returns until when, milliseconds since the Unix epoch
	 * @throws what the store says; then nothing has changed
	 */
	async renew(secret: string): Promise<number> {
		const { configured, formerMs, clock } = this.#ports;
		const now = clock.now();
		await this.#change((given) => {
			const state = configure(given, configured, formerMs, now);
			const current = [urlSecretDigest(state.salt, secret)];
			return { ...state, ...replace(state, current, now + formerMs, now), renewedAt: now };
		});
		return now + formerMs;
	}

	/** To be called before a request is judged: another process may have renewed the secret. Never rejects. */
	async lookFor(secret: string): Promise<void> {
		if (!this.#known || !this.#ports.isShared()) return;
		const now = this.#ports.clock.now();
		const isKnown = findUrlSecret(this.#known, secret, now) >= 0;
		if (Math.abs(now - this.#readAt) < (isKnown ? READ_EVERY_MS : ASK_EVERY_MS)) return;
		this.#readAt = now;
		const read = this.#read().catch(() => {});
		if (!isKnown) await read;
	}

	async #read(): Promise<void> {
		const { documents, receiverId } = this.#ports;
		const found = await documents().get(URL_SECRETS_COLLECTION, receiverId);
		const state = readState(found?.value);
		if (state) this.#set(state);
	}

	async #change(next: (state: State | undefined) => State): Promise<void> {
		const { documents, receiverId } = this.#ports;
		for (let conflicts = 0; ; conflicts++) {
			const found = await readOrReplace(documents(), receiverId);
			const before = readState(found.value);
			const state = next(before);
			try {
				if (state !== before) {
					const condition = { ifRevision: found.revision };
					await documents().put(URL_SECRETS_COLLECTION, receiverId, state, condition);
				}
				return this.#set(state);
			} catch (error) {
				const isConflict = error instanceof CoreError && error.code === 'ERR_DOCUMENT_CONFLICT';
				if (!isConflict || conflicts === MAX_CONFLICTS) throw error;
			}
		}
	}

	#set(state: State): void {
		this.#known = state;
		this.#readAt = this.#ports.clock.now();
		this.#ports.onChange(state);
	}
}

/** The same where nothing has changed. */
function configure(
	state: State | undefined,
	secrets: readonly string[],
	formerMs: number,
	now: number,
): State {
	const salt = state?.salt ?? randomBytes(16).toString('hex');
	const configured = secrets.map((secret) => urlSecretDigest(salt, secret));
	if (!state) return { salt, configured, current: configured, former: [] };
	if (configured.join() === state.configured.join()) return state;
	return { ...state, configured, ...replace(state, configured, now + formerMs, now) };
}

function replace(
	{ current: before, former }: State,
	current: readonly string[],
	until: number,
	now: number,
): Pick<State, 'current' | 'former'> {
	const ended = before.map((digest) => ({ digest, until }));
	// The shorter time of two: what was renewed must not come back because something else was.
	const rest = former.filter(({ digest }) => !before.includes(digest));
	return {
		current,
		former: [...ended, ...rest]
			.filter((one) => one.until > now && !current.includes(one.digest))
			.slice(0, MAX_FORMER),
	};
}

/** What is damaged says nothing: the secrets of the configuration count. */
async function readOrReplace(
	documents: Documents,
	id: string,
): Promise<{ revision: number; value: unknown }> {
	try {
		return (await documents.get(URL_SECRETS_COLLECTION, id)) ?? { revision: 0, value: undefined };
	} catch (error) {
		if (!(error instanceof CoreError) || error.code !== 'ERR_STORE_CORRUPT') throw error;
		return { revision: Number(error.details['revision']), value: undefined };
	}
}

function readState(value: unknown): State | undefined {
	const { salt, configured, current, former } = (value ?? {}) as Partial<State>;
	const isGood =
		typeof salt === 'string' &&
		[configured, current].every((list) => Array.isArray(list) && list.every(isDigest)) &&
		Array.isArray(former) &&
		former.every(({ digest, until }) => isDigest(digest) && Number.isFinite(until));
	return isGood ? (value as State) : undefined;
}

function isDigest(value: unknown): boolean {
	return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
