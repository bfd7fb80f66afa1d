import { ReceiveError } from '../../errors';
import type { Place } from '../../signature/presets/preset';
import { valuesAt, type Seen } from './seen';

/** UTF-16 units; the longest that is known, of Microsoft Graph, has some hundred. */
const MAX_TOKEN = 2_000;

/** Of tokens whose MAC is given back: no text that is signed for an event has such letters alone, but for a body that is one. */
const MAX_SIGNED_TOKEN = 200;
const SIGNED_TOKEN = /^[A-Za-z0-9+/=_-]+$/;

/**
 * The value that the answer gives back (rule 4 of handshake.ts).
 *
 * @throws ReceiveError ERR_HANDSHAKE_REFUSED where there is none, or one that no sender makes
 */
export function tokenAt(place: Place, seen: Seen): string {
	const [token, ...others] = valuesAt(place, seen);
	if (token === undefined || token === '' || others.length > 0) {
		throw refused('it has to bring one value to be given back');
	}
	if (token.length > MAX_TOKEN) {
		throw refused(`its value has ${token.length} characters, the limit is ${MAX_TOKEN}`);
	}
	if (/[\p{Cc}\p{Cs}<>\u2028\u2029]/u.test(token)) {
		throw refused('its value has control characters or angle brackets');
	}
	return token;
}

/** One whose MAC may be given back (rule 3). @throws as tokenAt */
export function signedTokenAt(place: Place, seen: Seen): string {
	const token = tokenAt(place, seen);
	if (token.length <= MAX_SIGNED_TOKEN && SIGNED_TOKEN.test(token)) return token;
	throw refused(
		`its value has to have 1 to ${MAX_SIGNED_TOKEN} characters, letters, digits and + / = _ - alone`,
	);
}

/** Whether somebody could have asked for the signature of this body by a handshake. */
export function isSignedToken(body: Uint8Array): boolean {
	return body.length <= MAX_SIGNED_TOKEN && SIGNED_TOKEN.test(Buffer.from(body).toString('latin1'));
}

/** One that may stand in a header. @throws as tokenAt */
export function headerTokenAt(place: Place, seen: Seen): string {
	const token = tokenAt(place, seen);
	if (/^[\x21-\x7e]+$/.test(token)) return token;
	throw refused('its value has characters that a header cannot give back');
}

export function refused(why: string): ReceiveError {
	return new ReceiveError('ERR_HANDSHAKE_REFUSED', `the handshake is refused: ${why}`);
}
