/**
 * A way to authenticate at an endpoint, beside its signatures. To add one: a file that exports its `AuthKind`, a line in `index.ts`, and
 * one in `test/unit/sink/auth.test.ts`.
 */
import type { Clock } from '../../../runtime/clock';
import type { Resolved, SecretFields } from '../../secret-ref';
import type { Transport } from '../transport';

export interface AuthPorts {
	readonly transport: Transport;
	readonly clock: Pick<Clock, 'now'>;
	/** For a request of its own. */
	readonly timeoutMs: number;
}

/** Headers by which one request is let in, and what of them must not be shown. */
export interface Credentials {
	readonly headers: Readonly<Record<string, string>>;
	readonly secrets: readonly string[];
}

export interface Authenticator {
	/**
	 * For one request.
	 *
	 * @throws DeliveryError, which is then what became of the request
	 */
	credentials(signal?: AbortSignal): Promise<Credentials>;
	/**
	 * To be told of every request that was answered.
	 *
	 * @returns true: others are to be had, and the request may be made once more
	 */
	answered?(credentials: Credentials, status: number): boolean;
	/** Idempotent. */
	close?(): void;
}

export interface AuthKind<Config extends { readonly kind: string }> {
	readonly kind: Config['kind'];
	/** All fields beside `kind`; any other is refused. */
	readonly fields: Readonly<Record<Exclude<keyof Config, 'kind'>, true>>;
	/** Those that hold secrets. */
	readonly secrets: SecretFields;
	/** @throws ConfigError naming path and bound, never a secret */
	validate(config: Config | Resolved<Config>, path: string): void;
	/** In lower case: no other header may have such a name. */
	headers(config: Config | Resolved<Config>): readonly string[];
	create(config: Resolved<Config>, ports: AuthPorts): Authenticator;
}

/** The same headers for every request. */
export function fixed(
	headers: Readonly<Record<string, string>>,
	secrets: readonly string[],
): Authenticator {
	const credentials = { headers, secrets };
	return { credentials: async () => credentials };
}
