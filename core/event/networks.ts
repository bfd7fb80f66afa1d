import { BlockList, isIP } from 'node:net';
import { ConfigError } from '../errors';

/** Node's list of networks; in it an IPv4 network also holds its IPv4-mapped IPv6 addresses. */
export function blockList(cidrs: readonly string[]): BlockList {
	const list = new BlockList();
	for (const cidr of cidrs) {
		const parsed = parseCidr(cidr);
		if (parsed) list.addSubnet(parsed.network, parsed.prefix, familyOf(parsed.network));
	}
	return list;
}

function parseCidr(cidr: unknown): { network: string; prefix: number } | undefined {
	if (typeof cidr !== 'string') return undefined;
	const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(cidr.trim());
	const network = match?.[1] ?? '';
	const version = isIP(network);
	if (!match || version === 0) return undefined;
	const bits = version === 4 ? 32 : 128;
	const prefix = match[2] === undefined ? bits : Number(match[2]);
	return prefix <= bits ? { network, prefix } : undefined;
}

/** Of an address. */
export function familyOf(address: string): 'ipv4' | 'ipv6' {
	return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

/** @throws ConfigError naming the entry */
export function validateCidrs(cidrs: readonly unknown[], path: string): void {
	for (const [index, cidr] of cidrs.entries()) {
		if (!parseCidr(cidr)) {
			throw new ConfigError(`${path}[${index}]`, 'a network such as "10.1.0.0/16"', cidr);
		}
	}
}
