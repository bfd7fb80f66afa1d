import type { Attempt } from '../sink';
import type { PushRequest } from './transport';

/** What goes with a body that is pushed. */
export interface PushOptions {
	/** Sent as Idempotency-Key. */
	readonly idempotencyKey?: string | undefined;
	/** Default `application/json`. */
	readonly contentType?: string | undefined;
	/** What else describes the body, names in lower case; a `content-type` replaces the one above. Values that no header takes are left out. */
	readonly bodyHeaders?: Readonly<Record<string, string>> | undefined;
	/** How many rows the body carries; default 1. */
	readonly rows?: number | undefined;
	/** Another address of the same endpoint; default: that of the configuration. */
	readonly to?: { readonly method: PushRequest['method']; readonly url: string } | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Told of each request once, unless `signal` broke it off. */
	readonly onRequest?: Attempt['onRequest'] | undefined;
}
