/**
 * A signature scheme: one way in which the sender of a request proves who it is, in both directions. Receivers accept by a list of
 * them, sinks sign with a list.
 *
 * To add one: a file here that exports its `Scheme`, a line in `index.ts`, and its texts in both hosts' languages (a test names those
 * that are missing). Rules that hold for each:
 *
 * 1. Fail closed: without a secret nothing is accepted; what is no text is no secret.
 * 2. Compare in constant time (`node:crypto`), whatever the lengths; of several secrets any may match.
 * 3. Several values of one header, or several signatures in one, are the scheme's to judge: the first one is no better than the others.
 * 4. Secrets that travel are named in `secretParts`, so that no event, row or log carries them.
 * 5. What costs no I/O stays synchronous: a receiver awaits promises alone.
 * 6. What is signed with a time or an id of its own is used once (`oneUse`): by decoded bytes, since texts have more than one spelling.
 * 7. Texts of errors hold reasons, never a secret, a token or a body.
 */
import type { Headers } from '../../event/event';
import type { SchemeDescription } from '../../pure/scheme-description';
import type { FetchText } from '../../runtime/fetch-text';
import type { OneUse } from '../one-use';
import type { Claims } from '../token';

/** What all configurations of schemes have. */
export interface AnySchemeConfig {
	readonly kind: string;
}

/** What of a request proves who sent it. */
export interface SignedRequest {
	/** Upper case. */
	readonly method: string;
	/** Path and query as the sender wrote them, escaped; absent where the host does not tell. A public URL is configured, not guessed. */
	readonly target?: string | undefined;
	/** Every value of a parameter, unescaped. */
	readonly query?: Readonly<Record<string, readonly string[]>> | undefined;
	/** Names in lower case, every value. */
	readonly headers: Headers;
	/** The raw bytes; forms are read from them by the scheme that signs their fields. */
	readonly body: Uint8Array;
	/** The last segment of the path as `normalizePath` gives it, where a scheme of the receiver has its secret there. */
	readonly urlSecret?: string | undefined;
	/** When it came, milliseconds since the Unix epoch. */
	readonly now: number;
	/** For schemes whose sender keeps a key on a server of its own; absent: it cannot be asked for. */
	readonly fetchText?: FetchText | undefined;
}

/** A request that is to be signed; nothing of it may change afterwards. */
export interface UnsignedRequest {
	/** Upper case. */
	readonly method: string;
	/** As it will be requested. */
	readonly url: string;
	/** The exact bytes that will be sent. */
	readonly body: Uint8Array;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
	/** Names the message, the same in every attempt; absent: it has no name. */
	readonly id?: string | undefined;
}

/** A request to a receiver that somebody who has its secrets makes, as a sender would. */
export interface TestRequest {
	/** Upper case. */
	readonly method: string;
	/** As it will be sent, names in lower case. */
	readonly headers: Headers;
	readonly body: Uint8Array;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
}

/** What such a request has to have besides. */
export interface Presented {
	readonly headers?: Readonly<Record<string, string>>;
	readonly query?: Readonly<Record<string, string>>;
	/** The last segment of the path. */
	readonly urlSecret?: string;
}

/** What a check that succeeded found. */
export interface Verified {
	/** Which of the secrets it was, from 0; absent where there is none. */
	readonly secretAt?: number;
	/** What the sender says in a token, all of it verified. */
	readonly claims?: Claims;
	/** Where what was signed is of this request alone: its id, or its time and body. */
	readonly oneUse?: OneUse;
}

/** The parts of a request in which a secret itself travels; a signature is no secret. */
export interface SecretParts {
	/** Names of headers, lower case. */
	readonly headers?: readonly string[];
	/** Names of query parameters. */
	readonly query?: readonly string[];
	/** Texts that proxies repeat in headers of their own. */
	readonly texts?: readonly string[];
}

export interface Scheme<
	Config extends AnySchemeConfig = AnySchemeConfig,
> extends SchemeDescription {
	readonly kind: Config['kind'];
	/**
	 * What the bounds of the single fields do not say. In the places of secrets there may be references.
	 *
	 * @throws ConfigError naming path and bound, never a secret
	 */
	validate?(config: Config, path: string, direction: 'verify' | 'sign'): void;
	/** @throws SignatureError */
	verify(request: SignedRequest, config: Config): Verified | Promise<Verified>;
	/** The headers that carry the signature. */
	sign?(
		request: UnsignedRequest,
		config: Config,
	): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
	/**
	 * What the sender would send, by the configuration of a receiver; undefined where that cannot be known here: it has a public key, or
	 * the digest of a secret. Absent: nobody but the sender can ever make it.
	 */
	present?(
		request: TestRequest,
		config: Config,
	): Presented | undefined | Promise<Presented | undefined>;
	/** Names of the headers that carry the signature, any case: nobody else may set them. */
	signedHeaders?(config: Config): readonly string[];
	secretParts?(config: Config): SecretParts;
	/** What a 401 tells a client to send, as WWW-Authenticate does (RFC 9110, 11.6.1). */
	challenge?(config: Config): string;
}
