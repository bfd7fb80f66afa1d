import { ReceiveError, SignatureError } from '../errors';
import { RELEASED_AT } from '../runtime/release';
import { failure } from './failure';
import { schemeOf, type SchemeConfig } from './schemes/index';
import type { SecretParts, SignedRequest, Verified } from './schemes/scheme';

/** By what a request was let in. */
export interface Authenticated extends Verified {
	/** Which of the ways it was, from 0. */
	readonly wayAt: number;
}

/**
 * Resolves when one of the schemes succeeds. No scheme, no secret and an empty secret never succeed.
 *
 * @param releasedAt what no clock that is right can be before
 * @throws SignatureError: of the first scheme whose proof was there but wrong, else of the first; with the challenges of all.
 *   ReceiveError ERR_CLOCK_NOT_SET: the signature of a token is good and it seems to come from the future, but this machine's clock is
 *   older than this software. ERR_SENDER_UNAVAILABLE: none succeeds, and one of them could not be asked
 */
export async function authenticate(
	request: SignedRequest,
	auth: readonly SchemeConfig[],
	releasedAt = RELEASED_AT,
): Promise<Pick<Verified, 'secretAt' | 'claims'>> {
	const { wayAt: _wayAt, oneUse: _oneUse, ...verified } = await findWay(request, auth, releasedAt);
	return verified;
}

/** The same with all that was found, at once where no way has to wait for anything. Throws or rejects as `authenticate`. */
export function findWay(
	request: SignedRequest,
	auth: readonly SchemeConfig[],
	releasedAt = RELEASED_AT,
): Authenticated | Promise<Authenticated> {
	return tryFrom(0, { request, auth, releasedAt });
}

interface Asked {
	readonly request: SignedRequest;
	readonly auth: readonly SchemeConfig[];
	readonly releasedAt: number;
}

/** The ways from one of them on, the first that succeeds. */
function tryFrom(
	first: number,
	asked: Asked,
	before?: Refusals,
): Authenticated | Promise<Authenticated> {
	const { request, auth } = asked;
	let refusals = before;
	for (let wayAt = first; wayAt < auth.length; wayAt++) {
		const way = auth[wayAt] as SchemeConfig;
		try {
			const verified = schemeOf(way).verify(request, way);
			if (!(verified instanceof Promise)) return { ...verified, wayAt };
			return verified.then(
				(found) => ({ ...found, wayAt }),
				(error: unknown) => {
					refusals ??= new Refusals(asked);
					refusals.note(error);
					return tryFrom(wayAt + 1, asked, refusals);
				},
			);
		} catch (error) {
			refusals ??= new Refusals(asked);
			refusals.note(error);
		}
	}
	throw (refusals ?? new Refusals(asked)).sum();
}

/** Why the ways that were tried let nobody in. */
class Refusals {
	readonly #asked: Asked;
	readonly #failures: SignatureError[] = [];
	#isClockAtFault = false;
	#unavailable: ReceiveError | undefined;

	constructor(asked: Asked) {
		this.#asked = asked;
	}

	/** @throws the error itself where it says nothing of the sender */
	note(error: unknown): void {
		if (error instanceof ReceiveError && error.code === 'ERR_SENDER_UNAVAILABLE') {
			this.#unavailable = error;
			return;
		}
		if (!(error instanceof SignatureError)) throw error;
		this.#failures.push(error);
		this.#isClockAtFault ||=
			error.code === 'ERR_TOKEN_NOT_YET_VALID' && this.#asked.request.now < this.#asked.releasedAt;
	}

	sum(): Error {
		if (this.#isClockAtFault) return clockNotSet();
		if (this.#unavailable) return this.#unavailable;
		const wrong = this.#failures.find(({ code }) => code !== 'ERR_SIGNATURE_MISSING');
		const error = wrong ?? this.#failures[0] ?? failure('ERR_SIGNATURE_MISMATCH', 'empty_secret');
		return error.withChallenges(
			this.#asked.auth.flatMap((way) => schemeOf(way).challenge?.(way) ?? []),
		);
	}
}

/** All parts of a request in which one of the schemes has its secret travel: no event carries them. */
export function secretPartsOf(auth: readonly SchemeConfig[]): Required<SecretParts> {
	const parts = auth.map((way) => schemeOf(way).secretParts?.(way) ?? {});
	return {
		headers: parts.flatMap(({ headers = [] }) => headers),
		query: parts.flatMap(({ query = [] }) => query),
		texts: parts.flatMap(({ texts = [] }) => texts),
	};
}

/** Whether the last segment of the path belongs to a scheme. */
export function isSecretInUrl(auth: readonly SchemeConfig[]): boolean {
	return auth.some((way) => schemeOf(way).isSecretInUrl);
}

/** Time servers are asked at boot; a sender that took a 401 for final would lose what it sent before they answered. */
const CLOCK_RETRY_MS = 30_000;

function clockNotSet(): ReceiveError {
	return new ReceiveError(
		'ERR_CLOCK_NOT_SET',
		"this machine's clock is not set, so the time of a token cannot be checked; try again later",
		{ retryAfterMs: CLOCK_RETRY_MS },
	);
}
