/**
 * One spelling of a client's address: on a socket for IPv4 and IPv6, Node shows an IPv4 client as `::ffff:192.0.2.1`
 * (RFC 4291, 2.5.5.2). Anything else stays.
 */
export function clientIp(remoteAddress: string): string {
	if (!remoteAddress.startsWith('::')) return remoteAddress;
	const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;
	return remoteAddress.replace(mapped, '');
}
