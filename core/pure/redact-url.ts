/**
 * A URL as it may be shown: user info and query may hold secrets, so neither is; nor is a fragment.
 *
 * @returns `https://host/path?…`; the text `(no URL)` for what is none
 */
export function redactUrl(url: string): string {
	try {
		const { protocol, host, pathname, search } = new URL(url);
		return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
	} catch {
		return '(no URL)';
	}
}
