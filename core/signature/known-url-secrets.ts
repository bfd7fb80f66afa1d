import { timingSafeEqual } from 'node:crypto';
import { configuredPath } from '../event/path-spelling';
import { macKey } from './mac-key';

/** The secrets of a URL by their digests: what is only compared need not be kept, and one that was renewed nobody else knows. */
export interface KnownUrlSecrets {
	/** Of its own, so that nobody has looked up digests before. */
	readonly salt: string;
	readonly current: readonly string[];
	/** Those that let requests in until an instant, milliseconds since the Unix epoch. */
	readonly former: readonly { readonly digest: string; readonly until: number }[];
}

export function urlSecretDigest(salt: string, secret: string): string {
	return macKey('sha256', salt).macOf(configuredPath(secret), 'hex');
}

/** All that let requests in, in order: current ones first. */
export function digestsAt({ current, former }: KnownUrlSecrets, now: number): readonly string[] {
	return [...current, ...former.filter(({ until }) => now < until).map(({ digest }) => digest)];
}

/** @returns which of `digestsAt` it is, or -1; in constant time */
export function findUrlSecret(known: KnownUrlSecrets, given: string, now: number): number {
	const digest = Buffer.from(urlSecretDigest(known.salt, given));
	const isSame = digestsAt(known, now).map((one) => timingSafeEqual(Buffer.from(one), digest));
	return isSame.indexOf(true);
}
