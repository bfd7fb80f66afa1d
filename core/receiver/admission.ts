/**
 * How many requests a receiver takes in this process. A client is counted before anything is known of it; the rate of the receiver is
 * that of requests which prove who sends them, so that nobody without a secret uses it up. A request that is worked on has its body: one
 * that still comes has no place, so that slow senders take none away.
 */
import { ReceiveError } from '../errors';
import type { ReceiverLimits } from '../config';
import { networkOf } from '../event/client-network';
import { resolveRate, type Rate } from '../health/rate';
import { RateLimit } from '../health/rate-limit';
import { RECEIVER_LIMITS } from '../pure/bounds';
import { keepNewest } from '../runtime/keep-newest';
import type { PushedRequest } from './request';

/** Between two lines of the log about what is refused here: a flood would fill it. */
const LOG_EVERY_MS = 60_000;

/** A request that may be read. */
export interface Entered {
	/** To be read instead of the one that came: whoever reads it to its end has a place. @throws ReceiveError ERR_RECEIVER_BUSY while it is read */
	readonly request: PushedRequest;
	/** To be called once it is answered; gives its place back. */
	readonly leave: () => void;
}

export class Admission {
	readonly #limits: ReceiverLimits;
	readonly #all: RateLimit | undefined;
	readonly #clientRate: Rate | undefined;
	/** By address, who came last at the end. */
	readonly #clients = new Map<string, RateLimit>();
	#atWork = 0;
	#loggedAt = Number.NEGATIVE_INFINITY;

	constructor(limits: ReceiverLimits = {}, now = 0) {
		this.#limits = limits;
		const rate = resolveRate(limits.rate);
		this.#all = rate && new RateLimit(rate, now);
		this.#clientRate = resolveRate(limits.clientRate);
	}

	/**
	 * Before a byte of the body is read.
	 *
	 * @throws ReceiveError ERR_RATE_LIMITED, ERR_RECEIVER_BUSY
	 */
	enter(request: PushedRequest, ip: string, now: number): Entered {
		if (this.#clientRate) takeFrom(this.#client(ip, this.#clientRate, now), now, 'this address');
		if (this.#all) requireToken(this.#all, now, 'all senders together');
		const { concurrency } = this.#limits;
		return concurrency === undefined
			? { request, leave: () => {} }
			: this.#withPlace(request, concurrency);
	}

	/** It has proven who sends it. @throws ReceiveError ERR_RATE_LIMITED */
	admit(now: number): void {
		if (this.#all) takeFrom(this.#all, now, 'all senders together');
	}

	/** Whether a line in the log is due. */
	isToBeLogged(now: number): boolean {
		// A clock that was put back is no reason to be silent.
		if (Math.abs(now - this.#loggedAt) < LOG_EVERY_MS) return false;
		this.#loggedAt = now;
		return true;
	}

	#withPlace(request: PushedRequest, concurrency: number): Entered {
		const requireOne = (): void => {
			if (this.#atWork >= concurrency) throw busy(concurrency);
		};
		let places = 0;
		const take = (): void => {
			requireOne();
			places = 1;
			this.#atWork++;
		};
		const leave = (): void => {
			this.#atWork -= places;
			places = 0;
		};
		const { body } = request;
		if (body instanceof Uint8Array) {
			take();
			return { request, leave };
		}
		// Nothing is read for a sender who is refused then.
		requireOne();
		return { request: { ...request, body: untilWhole(body, take) }, leave };
	}

	#client(ip: string, rate: Rate, now: number): RateLimit {
		const key = networkOf(ip);
		const client = this.#clients.get(key) ?? new RateLimit(rate, now);
		keepNewest(this.#clients, key, client, RECEIVER_LIMITS.clients);
		return client;
	}
}

async function* untilWhole(
	body: AsyncIterable<Uint8Array>,
	onWhole: () => void,
): AsyncIterable<Uint8Array> {
	yield* body;
	onWhole();
}

function takeFrom(limit: RateLimit, now: number, whose: string): void {
	requireToken(limit, now, whose);
	limit.take(now);
}

function requireToken(limit: RateLimit, now: number, whose: string): void {
	const retryAfterMs = limit.nextAt(now) - now;
	if (retryAfterMs <= 0) return;
	throw new ReceiveError(
		'ERR_RATE_LIMITED',
		`more requests than are taken from ${whose}; try again in ${Math.ceil(retryAfterMs / 1_000)} s`,
		{ retryAfterMs },
	);
}

function busy(concurrency: number): ReceiveError {
	return new ReceiveError(
		'ERR_RECEIVER_BUSY',
		`${concurrency} requests are worked on already, limit concurrency is ${concurrency}`,
		{ details: { concurrency }, retryAfterMs: 1_000 },
	);
}
