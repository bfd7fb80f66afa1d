/**
 * Whether a URL is reached without the proxy, as most programs read NO_PROXY: `*` is everything, `example.com` and `.example.com` are the
 * name and all below it, `*.example.com` what is below it; a port behind it has to be the same.
 *
 * @param exceptions names or addresses
 */
export function isExcepted(
	{ hostname, port, protocol }: URL,
	exceptions: readonly string[],
): boolean {
	const host = plainHost(hostname);
	const ownPort = port || (protocol === 'https:' ? '443' : '80');
	return exceptions.some((text) => {
		const [, name = '', onPort] =
			/^(.*?)(?::(\d+))?$/.exec(isAddress6(text) ? `[${text}]` : text) ?? [];
		if (onPort !== undefined && onPort !== ownPort) return false;
		const written = plainHost(name);
		if (written === '*') return true;
		const below = written.replace(/^\*?\./, '');
		if (below === '') return false;
		return host.endsWith(`.${below}`) || (host === below && !written.startsWith('*'));
	});
}

function plainHost(host: string): string {
	return host
		.trim()
		.toLowerCase()
		.replace(/^\[|\]$/g, '')
		.replace(/\.$/, '');
}

/** Without the brackets of a URL its colons would be taken for a port's. */
function isAddress6(text: string): boolean {
	return !text.includes('[') && text.indexOf(':') !== text.lastIndexOf(':');
}
