/** An error as an API tells it: what is in it is the same for all dialects, its form is each one's own. */
import type * as z from 'zod/v4';
import { RETRY_AFTER_MS } from '../buffer/stores/defaults';
import { CoreError, type ErrorCode } from '../errors';
import { InputError, type InputIssue } from './input-error';

export interface Refusal {
	/** `ERR_INTERNAL` of what is no CoreError: nothing of it is shown. */
	readonly code: ErrorCode | 'ERR_INTERNAL';
	readonly status: number;
	/** Safe to show. */
	readonly message: string;
	/** Of ERR_INPUT_INVALID. */
	readonly issues: readonly InputIssue[];
	/** For Retry-After, whole seconds; of 429 and 503. */
	readonly retryAfterSeconds: number | undefined;
	/** Of ERR_METHOD: what is served at the path. */
	readonly allow: readonly string[] | undefined;
	/** What a form may read of the error beside its code; of what is hidden (401, 500, 503) nothing. */
	readonly details: CoreError['details'];
	/** Of ERR_ROUTE_UNKNOWN and ERR_METHOD, which some dialects name. */
	readonly path: string;
}

/** How a dialect writes its errors. Every refusal goes through it: unknown paths, wrong methods and internal errors, too. */
export interface ErrorForm {
	/** Of each body that `write` makes. */
	readonly schema: z.ZodType;
	/** Status and body; a header that the refusal needs (Allow, Retry-After) is added by whoever calls it. */
	write(refusal: Refusal): { readonly status: number; readonly json: unknown };
}

/**
 * What is told of an error. Of failed authentications nothing but that; of what the store or a key says (503) the code alone, since paths,
 * process ids and names of databases are in it: the log has the rest.
 */
export function refusalOf(
	error: unknown,
	{ path, allow }: { readonly path: string; readonly allow?: readonly string[] | undefined },
): Refusal {
	const shared = { issues: [], details: {}, retryAfterSeconds: undefined, allow, path };
	if (!(error instanceof CoreError)) {
		return { ...shared, code: 'ERR_INTERNAL', status: 500, message: 'the request failed here' };
	}
	const { code, status } = error;
	const isLater = status === 429 || status === 503;
	return {
		...shared,
		code,
		status,
		message: messageOf(error),
		issues: error instanceof InputError ? error.issues : [],
		details: [401, 500, 503].includes(status) ? {} : error.details,
		retryAfterSeconds: isLater
			? Math.max(1, Math.ceil((error.retryAfterMs ?? RETRY_AFTER_MS) / 1_000))
			: undefined,
	};
}

function messageOf({ status, code, message }: CoreError): string {
	if (code === 'ERR_ACCESS_CLOSED') return message;
	if (status === 401) return 'the request could not be authenticated';
	if (status === 503) return 'this is not possible now; the log says why';
	if (status === 500) return 'the request failed here';
	return message;
}
