import { isIP, type BlockList } from 'node:net';
import { familyOf } from './networks';

/** What of a request says who sent it. */
export interface Sender {
	/** Address of the peer. */
	readonly remoteAddress: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The address of the client: of the peer, or where that is a trusted proxy of whom it was asked for, by `X-Forwarded-For`. Each proxy
 * appends the address that it sees, so the list is read from its end, and the first that is no trusted proxy is the client: what stands
 * before it, the client may have written itself. What is no address ends the reading.
 *
 * @param proxies default: none, and the header says nothing
 */
export function clientIp({ remoteAddress, headers }: Sender, proxies?: BlockList): string {
	let address = plainAddress(remoteAddress);
	if (proxies === undefined) return address;
	const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
	while (isIn(proxies, address)) {
		const next = addressIn(forwarded.pop() ?? '');
		if (next === undefined) break;
		address = next;
	}
	return address;
}

/**
 * One spelling of a client's address: on a socket for IPv4 and IPv6, Node shows an IPv4 client as `::ffff:192.0.2.1`
 * (RFC 4291, 2.5.5.2). Anything else stays.
 */
function plainAddress(address: string): string {
	if (!address.startsWith('::')) return address;
	const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;
	return address.replace(mapped, '');
}

function isIn(proxies: BlockList, address: string): boolean {
	const [plain = ''] = address.split('%', 1);
	return isIP(plain) !== 0 && proxies.check(plain, familyOf(plain));
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | undefined {
	const text = entry.trim();
	const [, inBrackets, v4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
	const address = plainAddress(inBrackets ?? v4 ?? text);
	return isIP(address) === 0 ? undefined : address;
}
