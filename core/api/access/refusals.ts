/**
 * Credentials that were refused, by the network of the client. Nobody guesses 48 random characters; the bound keeps whoever tries from
 * costing the store a look-up each time, and makes it seen. While it holds, that network is refused whatever it shows.
 */
import { networkOf } from '../../event/client-network';
import { CoreError } from '../../errors';
import { RateLimit } from '../../health/rate-limit';
import { RECEIVER_LIMITS } from '../../pure/bounds';
import type { Sample } from '../../metrics/prometheus-text';
import { keepNewest } from '../../runtime/keep-newest';
import type { Logger } from '../../runtime/logger';
import type { RefusalPort } from '../api-handler';

/** A client with a wrong password tries some times; behind one address there may be several. */
const RATE = { perMinute: 20, burst: 20 } as const;

/** Between two lines of the log: a flood would fill it. */
const LOG_EVERY_MS = 60_000;

/** One that shows none guesses nothing and costs no look-up; any web page could send such for a browser that is let in from here. */
const COUNTED = new Set(['ERR_CREDENTIAL_REFUSED']);

export class Refusals implements RefusalPort {
	readonly #logger: Logger;
	readonly #clients = new Map<string, RateLimit>();
	readonly #counts = new Map<string, number>();
	#loggedAt = Number.NEGATIVE_INFINITY;
	#untold = 0;

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	/** Every refusal of any kind since this process serves, by code. */
	get counts(): ReadonlyMap<string, number> {
		return this.#counts;
	}

	/** For the metrics of a listener. */
	samples(): Sample[] {
		return [...this.#counts].map(([code, value]) => ({
			name: 'sluice_api_requests_refused_total',
			labels: { code },
			value,
		}));
	}

	enter(ip: string, now: number): void {
		const waitMs = (this.#clients.get(networkOf(ip))?.nextAt(now) ?? now) - now;
		if (waitMs <= 0) return;
		throw new CoreError(
			'ERR_RATE_LIMITED',
			'too many requests from this address showed no good credential',
			{ retryAfterMs: waitMs },
		);
	}

	refused(ip: string, code: string, now: number): void {
		this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
		if (!COUNTED.has(code)) return;
		const network = networkOf(ip);
		const limit = this.#clients.get(network) ?? new RateLimit(RATE, now);
		limit.take(now);
		keepNewest(this.#clients, network, limit, RECEIVER_LIMITS.clients);
		this.#tell(ip, code, now);
	}

	#tell(ip: string, code: string, now: number): void {
		this.#untold++;
		// A clock that was put back is no reason to be silent.
		if (Math.abs(now - this.#loggedAt) < LOG_EVERY_MS) return;
		this.#loggedAt = now;
		const count = this.#untold;
		this.#untold = 0;
		const which = count === 1 ? 'a request' : `${count} requests, the last one`;
		this.#logger.warn(`the API refused ${which} from ${ip}: ${code}`, { code, ip, count });
	}
}
