/**
 * One spelling of each path: those that mean the same (RFC 3986, 6.2.2) become one. Unreserved characters are never escaped, and
 * escapes have capital letters. Reserved characters stay as they came: `%2F` is no `/`.
 */

/** The path of a configuration as requests have it: letters beyond ASCII are escaped as UTF-8 there. */
export function configuredPath(path: string): string {
	return normalizePath(path.replace(/[^\x00-\x7f]+/g, (text) => escapeBytes(Buffer.from(text))));
}

/** Idempotent. A raw byte beyond ASCII, which some senders leave as it is, counts as escaped. */
export function normalizePath(path: string): string {
	// Each request is asked, and most paths have neither.
	const one = /[%\x80-\xff]/.test(path) ? withOneSpelling(path) : path;
	return one.length > 1 && one.endsWith('/') ? one.slice(0, -1) : one;
}

function withOneSpelling(path: string): string {
	return path
		.replace(/[\x80-\xff]+/g, (text) => escapeBytes(Buffer.from(text, 'latin1')))
		.replace(/%[0-9a-f]{2}/gi, (escape) => {
			const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
			return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
		});
}

function escapeBytes(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase()}`).join('');
}
