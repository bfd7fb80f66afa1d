/** Shorter parts of a path are no secret worth the name (SECRET_RULES.url.min). */
const MIN_SECRET = 8;
/** Longer ones are no words. */
const MAX_WORDS = 32;
/** Small letters, as paths are mostly written. */
const WORDS = /^[a-z]+(?:[-_.][a-z]+)*$/;
const HIDDEN = '***';

/**
 * A URL as it may be shown and stored: scheme, host and port, what of its path are words, and the names in its query. User, password,
 * values of the query and the fragment are hidden, and parts of the path that may be secrets, such as those of a webhook's address.
 *
 * @returns the same text where it hides nothing; `***` for what is no URL
 */
export function redactUrl(text: string): string {
	const [, scheme, authority = '', path = '', query, fragment] =
		/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(text) ?? [];
	if (scheme === undefined) return HIDDEN;
	const at = authority.lastIndexOf('@');
	const host = at < 0 ? authority : `${HIDDEN}@${authority.slice(at + 1)}`;
	const shownPath = path.split('/').map(redactSegment).join('/');
	const shownQuery = query === undefined ? '' : `?${query.split('&').map(redactPair).join('&')}`;
	return `${scheme}${host}${shownPath}${shownQuery}${fragment === undefined ? '' : `#${HIDDEN}`}`;
}

function redactSegment(segment: string): string {
	const isShown =
		segment.length < MIN_SECRET || (segment.length <= MAX_WORDS && WORDS.test(segment));
	return isShown ? segment : HIDDEN;
}

/** A text without `=` may be the value itself. */
function redactPair(pair: string): string {
	if (pair === '') return '';
	const at = pair.indexOf('=');
	if (at < 0) return HIDDEN;
	return at === pair.length - 1 ? pair : `${redactSegment(pair.slice(0, at))}=${HIDDEN}`;
}
