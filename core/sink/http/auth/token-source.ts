import { DeliveryError } from '../../../errors';
import type { Resolved } from '../../secret-ref';
import type { Authenticator, AuthPorts, Credentials } from './auth-kind';
import type { OAuth2Auth } from './oauth2-config';
import { fetchToken, type AccessToken } from './fetch-token';

/** A token is given up so long before its end, or half of its life. */
const MARGIN_MS = 60_000;
/** A token that never worked is replaced after a 401 no sooner, so that an endpoint which always says 401 costs no token each time. */
const UNPROVEN_MS = 60_000;

interface KeptToken extends Credentials {
	readonly fetchedAt: number;
	/** Milliseconds since the Unix epoch; Infinity where the server does not say. */
	readonly until: number;
	/** Some request was let in with it. */
	isProven: boolean;
}

/** The access token of one sink: all its requests share one, and one renewal. */
export class TokenSource implements Authenticator {
	readonly #config: Resolved<OAuth2Auth>;
	readonly #ports: AuthPorts;
	readonly #closing = new AbortController();
	#kept: KeptToken | undefined;
	#renewal: Promise<KeptToken> | undefined;

	constructor(config: Resolved<OAuth2Auth>, ports: AuthPorts) {
		this.#config = config;
		this.#ports = ports;
	}

	async credentials(signal?: AbortSignal): Promise<Credentials> {
		const kept = this.#kept;
		if (kept && this.#ports.clock.now() < kept.until) return kept;
		this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
		return unlessAborted(this.#renewal, signal);
	}

	answered(credentials: Credentials, status: number): boolean {
		const kept = this.#kept;
		// Another request has had it renewed, or has it renewed now.
		if (kept !== credentials) return status === 401;
		if (status !== 401) {
			kept.isProven = true;
			return false;
		}
		const age = this.#ports.clock.now() - kept.fetchedAt;
		if (!kept.isProven && age < UNPROVEN_MS) return false;
		this.#kept = undefined;
		return true;
	}

	close(): void {
		this.#closing.abort();
	}

	/** Not by the signal of the request that asked first: others wait for it, too. */
	async #renew(): Promise<KeptToken> {
		const { signal } = this.#closing;
		const token = await fetchToken(this.#config, { ...this.#ports, signal });
		const fetchedAt = this.#ports.clock.now();
		const kept: KeptToken = {
			headers: { Authorization: `Bearer ${token.value}` },
			secrets: [token.value, this.#config.clientSecret],
			fetchedAt,
			until: fetchedAt + usableMs(token),
			isProven: false,
		};
		this.#kept = kept;
		return kept;
	}
}

function usableMs({ expiresInMs }: AccessToken): number {
	if (expiresInMs === undefined) return Number.POSITIVE_INFINITY;
	return expiresInMs - Math.min(MARGIN_MS, expiresInMs / 2);
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return promise;
	let onAbort: () => void = () => {};
	const aborted = new Promise<never>((_resolve, reject) => {
		onAbort = () =>
			reject(new DeliveryError('ERR_SINK_UNAVAILABLE', 'the delivery was broken off'));
		if (signal.aborted) onAbort();
		else signal.addEventListener('abort', onAbort, { once: true });
	});
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}
