import { redactUrl } from '../pure/redact-url';
import { hasToken } from './has-token';
import type { PushedRequest } from './request';

/** UTF-16 units that are shown of a value. */
const MAX_SHOWN = 200;
const HIDDEN = '***';

/** Names of headers by which somebody may be let in somewhere, or by which a request could be sent again. */
const CARRIES_SECRET =
	/auth|cookie|token|secret|passw|credential|session|assertion|signature|hmac|jwt|bearer|api-?key|(^|-)(key|sig|pwd|otp)(-|$)/;
/** But these name a message. */
const NAMES_MESSAGE = /idempotency-(key|token)$|dedup[a-z]*-key$/;

export interface HiddenParts {
	/** Headers that carry a secret here, lower case. */
	readonly headers: readonly string[];
	/** Whether a text repeats a secret. */
	readonly repeats: (text: string) => boolean;
}

/**
 * Headers as people may see them, names in lower case. What may let somebody in, anywhere, is hidden but for its length, also in
 * requests that were refused, whose secrets may be right and in the wrong place; of addresses what `redactUrl` leaves.
 */
export function redactHeaders(
	headers: PushedRequest['headers'],
	{ headers: secret, repeats }: HiddenParts,
): Readonly<Record<string, string>> {
	const shown = Object.entries(headers).flatMap(([given, values]) => {
		if (values === undefined) return [];
		const name = given.toLowerCase();
		const value = typeof values === 'string' ? values : values.join(', ');
		const isSecret =
			secret.includes(name) ||
			(CARRIES_SECRET.test(name) && !NAMES_MESSAGE.test(name)) ||
			hasToken(value) ||
			repeats(value);
		// A name may be what was meant as a value.
		const shownName = repeats(given) ? HIDDEN : name.slice(0, MAX_SHOWN);
		return [[shownName, isSecret ? hidden(value) : plain(value)] as const];
	});
	return Object.fromEntries(shown);
}

function hidden(value: string): string {
	return value === '' ? '' : `${HIDDEN} (${value.length} characters)`;
}

function plain(value: string): string {
	const safe = /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
		? redactUrl(value)
		: value.replace(/\?[^\s,;]*/g, (query) => (query.includes('=') ? `?${HIDDEN}` : query));
	return safe.length > MAX_SHOWN ? `${safe.slice(0, MAX_SHOWN)}…` : safe;
}
