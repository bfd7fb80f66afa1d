/**
 * A handshake: a request by which a sender tries the address, and goes on only where the answer shows that somebody there expects it.
 * It is answered and never stored, on every path that takes events. All of them are data of a few mechanisms.
 *
 * To add one: its kind in core/pure/handshake-kinds.ts, its entry in `index.ts` with the page of the sender that says so, its texts in
 * both hosts, its line in docs/receiving.md (tests name what is missing). Rules that hold for each:
 *
 * 1. It opens nothing: who is answered has not been let in, and learns nothing that it did not bring, but the MAC of a token.
 * 2. Where the sender signs it, it is authenticated as an event is (`ways`). What nobody signs is answered to whoever knows the address,
 *    with the secret in it where all ways of the receiver have theirs there (`address`).
 * 3. A MAC of a token that somebody else chooses could be the signature of an event. So tokens are of letters, digits and `+ / = _ -`
 *    alone; where nobody signs the handshake, a push whose body could be such a token is refused (`isForgeable`).
 * 4. What is given back is inert: one value of bounded length, without control characters and angle brackets, as text or JSON that no
 *    browser takes for a page.
 */
import type { Place } from '../../signature/presets/preset';
import type { SchemeKind } from '../../signature/schemes/index';

/** It is a handshake where the request has these values; any value where none is named. */
export type Condition = Place & { readonly equals?: readonly string[] };

/** Who may get the answer. */
export type Proof =
	/** Rule 2. */
	| { readonly by: 'address' }
	/** The ways of the receiver, or those of one kind. */
	| { readonly by: 'ways'; readonly kind?: SchemeKind }
	/** The address, and a verify token of the configuration at this place: else 403. */
	| { readonly by: 'token'; readonly at: Place };

export type Reply =
	/** The token itself, text/plain. */
	| { readonly as: 'text'; readonly token: Place }
	/** A JSON object with the token under a name. */
	| { readonly as: 'json'; readonly token: Place; readonly name: string }
	/** A JSON object with the HMAC-SHA256 of the token, by the secret of the receiver's way `hmac`. */
	| {
			readonly as: 'hmac';
			readonly token: Place;
			/** Where the token itself is given back, too. */
			readonly name?: string;
			readonly macName: string;
			readonly encoding: 'hex' | 'base64';
			readonly prefix?: string;
	  }
	/** The token in a header, without a body. */
	| { readonly as: 'header'; readonly token: Place; readonly name: string }
	/** Permission of the CloudEvents webhook specification to push from an origin, at any rate. */
	| { readonly as: 'permission' }
	/** Empty, after the URL at this place of the body was fetched, which is one of SNS. */
	| { readonly as: 'confirmation'; readonly url: Place }
	| { readonly as: 'empty' };

export interface Handshake {
	readonly methods: readonly string[];
	/** All of them. */
	readonly when: readonly Condition[];
	readonly proof: Proof;
	readonly reply: Reply;
}

/** What one kind of sender asks, and the page that says so. */
export interface Handshakes {
	readonly source: string;
	readonly requests: readonly Handshake[];
	/** A way that the receiver has to have: by its secret or its check the handshake is answered. */
	readonly needs?: SchemeKind;
}
