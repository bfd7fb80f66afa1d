import type { Headers } from '../event/event';

type Lists = Readonly<Record<string, readonly string[]>>;

/** What let a request in. */
export interface RequestSecrets {
	/** Headers that carried a secret, lower case. */
	readonly headers: readonly string[];
	/** Query parameters that did. */
	readonly query: readonly string[];
	/** Secrets that stood elsewhere, such as in the path, in each spelling that is known (`spellingsOf`). */
	readonly texts: readonly string[];
}

/**
 * Headers and query of an event: without those that carried a secret, and without any value that repeats the secret of the URL, as
 * proxies do (`x-forwarded-uri`, `x-original-url`, `referer`). All others stay as they came.
 */
export function withoutSecrets<Q extends Lists | undefined>(
	request: { readonly headers: Headers; readonly query: Q },
	secrets: RequestSecrets,
): { headers: Headers; query: Q } {
	const { headers, query } = request;
	const { texts } = secrets;
	if (secrets.headers.length + secrets.query.length + texts.length === 0) return { headers, query };
	const leaks = (text: string): boolean => texts.some((secret) => repeatsSecret(text, secret));
	return {
		headers: filterLists(headers, (name) => secrets.headers.includes(name), leaks),
		query:
			query &&
			(filterLists(query, (name) => secrets.query.includes(name) || leaks(name), leaks) as Q),
	};
}

/** As it was given out, and without its escapes. */
export function spellingsOf(secrets: readonly string[]): readonly string[] {
	const texts = secrets.flatMap((secret) => [secret, decoded(secret)]);
	return [...new Set(texts)].filter(Boolean);
}

function filterLists(
	lists: Lists,
	isOut: (name: string) => boolean,
	leaks: (value: string) => boolean,
): Record<string, readonly string[]> {
	const kept: Record<string, readonly string[]> = Object.create(null);
	for (const [name, values] of Object.entries(lists)) {
		const harmless = values.filter((value) => !leaks(value));
		if (!isOut(name) && (harmless.length > 0 || values.length === 0)) kept[name] = harmless;
	}
	return kept;
}

/** Whether a text has a secret in it, as it is or escaped. */
export function repeatsSecret(text: string, secret: string): boolean {
	return text.includes(secret) || (text.includes('%') && decoded(text).includes(secret));
}

/** Each proxy on the way may have encoded it once more, and any letter of it. */
const MAX_ROUNDS = 5;

function decoded(text: string): string {
	let plain = text;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const next = plain.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
			Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
		);
		if (next === plain) break;
		plain = next;
	}
	return plain;
}
