/** The address of a receiver as its senders know it, for schemes that sign it: behind a proxy only its user knows. */

/** @returns undefined for what is no address */
export function publicAddress(text: string): URL | undefined {
	if (!/^https?:\/\/[^/?#\s\\]+/i.test(text) || !URL.canParse(text)) return undefined;
	return new URL(text);
}

const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * The ways in which a sender may have written the address of a request.
 *
 * @param address as it was configured; its own query, where it has one, stands for that of the request
 * @param target path and query of the request, as it was sent
 * @returns as configured, and with and without the port that goes without saying; none where the address is none
 */
export function publicAddresses(address: string, target = ''): readonly string[] {
	const url = publicAddress(address);
	if (!url) return [];
	const mark = target.indexOf('?');
	const query = mark < 0 || address.includes('?') ? '' : target.slice(mark);
	const [, origin = '', rest = ''] = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(address) ?? [];
	const bare = origin.replace(/:\d+$/, '');
	const port = PORTS[url.protocol];
	const written = url.port === '' ? [bare, `${bare}:${port}`] : [origin];
	return [...new Set([origin, ...written])].map((one) => one + rest + query);
}
