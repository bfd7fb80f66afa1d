/** Who is let in. Fails closed: whatever is unknown, wrong, expired, revoked or cannot be read lets nobody in, and looks the same. */
import type { RateConfig } from '../../config';
import { CoreError } from '../../errors';
import { RateLimit } from '../../health/rate-limit';
import { resolveRate } from '../../health/rate';
import { RECEIVER_LIMITS } from '../../pure/bounds';
import { keepNewest } from '../../runtime/keep-newest';
import type { Admittance } from '../api-handler';
import { readAccessToken } from './access-token';
import type { AccessPorts } from './change-access';
import type { CredentialUses } from './credential-uses';
import { refusedCredential, type ShownCredential } from './credential-ways';
import { isSecretOf, parseToken } from './credential-secret';
import { ACCESS_COLLECTIONS, type Account, type Credential } from './documents';
import { findKnown, requireCurrent, type Known } from './known-credential';
import { narrow, type Principal } from './principal';

/** For how long a look at whether there is an account counts. */
const FRESH_MS = 1_000;

export class Access implements Admittance {
	readonly #ports: AccessPorts;
	readonly #uses: Pick<CredentialUses, 'used'> | undefined;
	/** Of credentials with a rate, by id. */
	readonly #rates = new Map<string, RateLimit>();
	#looked: { readonly at: number; readonly isOpen: Promise<boolean> } | undefined;

	/** @param uses hears of each credential that let somebody in */
	constructor(ports: AccessPorts, uses?: Pick<CredentialUses, 'used'>) {
		this.#ports = ports;
		this.#uses = uses;
	}

	async isOpen(): Promise<boolean> {
		const { documents, clock } = this.#ports;
		const now = clock.now();
		if (this.#looked && Math.abs(now - this.#looked.at) < FRESH_MS) return this.#looked.isOpen;
		const isOpen = documents
			.list(ACCESS_COLLECTIONS.accounts, { limit: 1 })
			.then((page) => page.documents.length > 0);
		this.#looked = { at: now, isOpen };
		// A store that failed is asked again, and so is one that has none yet: whoever makes the first account goes on at once.
		isOpen.then(
			(isTrue) => isTrue || (this.#looked = undefined),
			() => (this.#looked = undefined),
		);
		return isOpen;
	}

	async admit(shown: ShownCredential, now: number): Promise<Principal> {
		const { credential, account } = await this.#check(shown, now);
		requireCurrent(credential, now);
		this.#take(credential, now);
		this.#uses?.used(credential.id, now);
		return principalOf(credential, account);
	}

	async #check(shown: ShownCredential, now: number): Promise<Known> {
		if (shown.way === 'basic') {
			const known = await this.#find(shown.id ?? '', 'key');
			if (!known.account.allowsBasic) throw refusedCredential('basic_not_allowed');
			return this.#requireSecret(known, shown.secret, now);
		}
		const token = parseToken(shown.secret);
		if (token) return this.#requireSecret(await this.#find(token.id, 'token'), token.secret, now);
		const claimed = shown.way === 'authorization' ? readAccessToken(shown.secret) : undefined;
		if (!claimed) throw refusedCredential('malformed');
		const known = await this.#find(claimed.keyId, 'key');
		await claimed.verify(known.credential, { secrets: this.#ports.secrets, now });
		return known;
	}

	#find(id: string, kind: Credential['kind']): Promise<Known> {
		return findKnown(this.#ports.documents, id, kind);
	}

	#requireSecret(known: Known, secret: string, now: number): Known {
		if (isSecretOf(known.credential, secret, { secrets: this.#ports.secrets, now })) return known;
		throw refusedCredential('wrong_secret');
	}

	/** @throws CoreError ERR_RATE_LIMITED */
	#take({ id, limits }: Credential, now: number): void {
		const rate = resolveRate(limits.rate as RateConfig | undefined);
		if (!rate) return;
		const limit = this.#rates.get(id) ?? new RateLimit(rate, now);
		keepNewest(this.#rates, id, limit, RECEIVER_LIMITS.clients);
		const retryAfterMs = limit.nextAt(now) - now;
		if (retryAfterMs > 0) {
			throw new CoreError('ERR_RATE_LIMITED', 'more requests than this credential may make', {
				retryAfterMs,
			});
		}
		limit.take(now);
	}
}

function principalOf(credential: Credential, { id: account, grants }: Account): Principal {
	const { id, kind, label } = credential;
	const { receivers, exports, tables } = credential.limits;
	const isLimited = [receivers, exports, tables].some((list) => list !== undefined);
	return {
		kind: kind === 'key' ? 'account' : isLimited ? 'key' : 'token',
		id,
		account,
		label,
		grants: narrow(grants, credential.grants),
		limits: { receivers, exports, tables },
	};
}
