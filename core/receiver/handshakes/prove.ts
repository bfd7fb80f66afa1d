import type { FetchText } from '../../runtime/fetch-text';
import { findWay } from '../../signature/authenticate';
import { isSameText } from '../../signature/same-text';
import { schemeOf, type SchemeConfig } from '../../signature/schemes/index';
import { isSecret } from '../../signature/validate-secret';
import { signedRequest } from '../intake/authenticate';
import type { PreparedReceiver } from '../intake/prepare';
import type { PushedRequest } from '../request';
import type { Handshake, Proof } from './handshake';
import { valuesAt, type Seen } from './seen';
import { refused } from './token';

export interface ProofPorts {
	/** Milliseconds since the Unix epoch. */
	readonly now: () => number;
	readonly fetchText?: FetchText | undefined;
}

/** A handshake as it was asked for. */
export interface Asked {
	readonly handshake: Handshake;
	readonly seen: Seen;
	readonly request: PushedRequest;
	/** Empty where no handshake looks at it. */
	readonly body: Uint8Array;
}

/**
 * Who may have the answer.
 *
 * @returns the secret of the way `hmac` by which it was let in; else that of the first such way, if there is one
 * @throws SignatureError; ReceiveError ERR_HANDSHAKE_REFUSED for another verify token
 */
export async function prove(
	asked: Asked,
	receiver: PreparedReceiver,
	ports: ProofPorts,
): Promise<string | undefined> {
	const { auth, handshake } = receiver.config;
	const { proof } = asked.handshake;
	const { fetchText } = ports;
	const signed = signedRequest(asked.request, asked.body, receiver, {
		now: ports.now(),
		fetchText,
	});
	const ways = waysOf(proof, auth);
	if (ways.length > 0) {
		const { wayAt, secretAt } = await findWay(signed, ways);
		const way = ways[wayAt];
		if (way?.kind === 'hmac' && secretAt !== undefined) return way.secrets[secretAt];
	}
	if (proof.by === 'token') checkVerifyToken(valuesAt(proof.at, asked.seen), handshake?.secrets);
	return auth.find((way) => way.kind === 'hmac')?.secrets[0];
}

/** The ways one of which has to succeed; none where the address alone is asked for, and not all ways have their secret there. */
function waysOf(proof: Proof, auth: readonly SchemeConfig[]): readonly SchemeConfig[] {
	if (proof.by === 'ways') return auth.filter(({ kind }) => (proof.kind ?? kind) === kind);
	return auth.every(isInAddress) ? auth : [];
}

function isInAddress(way: SchemeConfig): boolean {
	const scheme = schemeOf(way);
	return scheme.isSecretInUrl === true || (scheme.secretParts?.(way).query?.length ?? 0) > 0;
}

function checkVerifyToken(given: readonly string[], secrets: readonly string[] = []): void {
	const [token, ...others] = given;
	// All of them are compared, so that the time does not tell which one came near.
	const matches = secrets.map(
		(secret) => isSecret(secret) && token !== undefined && isSameText(token, secret),
	);
	if (others.length > 0 || !matches.includes(true)) throw refused('another verify token');
}
