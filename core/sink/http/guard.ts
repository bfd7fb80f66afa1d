/**
 * Which addresses a push may go to (architecture, decision 6). The address is checked where the connection is made, after
 * the name was resolved: a name that first points here and then there (DNS rebinding) gains nothing.
 *
 * | | literal: typed by the flow's author | dynamic: from a message, an expression or an API |
 * |---|---|---|
 * | plain HTTP | yes, unless `allowHttp: false` | only with `allowHttp: true`, or when the host is a listed address |
 * | private addresses | yes | only when listed |
 * | link-local, metadata, multicast | only when listed | only when listed |
 */
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { DeliveryError } from '../../errors';
import { blockList, familyOf } from '../../event/networks';

export interface AddressRules {
	/** Where the URL came from; default `literal`. */
	readonly origin?: 'literal' | 'dynamic' | undefined;
	/** Plain HTTP; default: true for a literal URL, false for a dynamic one. */
	readonly allowHttp?: boolean | undefined;
	/** Networks such as `10.1.0.0/16`, or single addresses, that may be reached whatever they are. */
	readonly allowedCidrs?: readonly string[] | undefined;
}

/** Cloud metadata services outside the link-local range: AWS, GCP, Oracle and Scaleway (IPv6), Alibaba, Azure, Oracle. */
const NEVER = blockList([
	'169.254.0.0/16',
	'fe80::/10',
	'64:ff9b::a9fe:0/112',
	'2002:a9fe::/32',
	'fd00:ec2::/64',
	'fd20:ce::254/128',
	'fd00:c1::a9fe:a9fe/128',
	'fd00:42::42/128',
	'100.100.100.200/32',
	'168.63.129.16/32',
	'192.0.0.192/32',
	// The same by way of NAT64 and 6to4.
	'64:ff9b::100.100.100.200/128',
	'64:ff9b::168.63.129.16/128',
	'64:ff9b::192.0.0.192/128',
	'2002:6464:64c8::/48',
	'2002:a83f:8110::/48',
	'2002:c000:c0::/48',
	'224.0.0.0/4',
	'240.0.0.0/4',
	'ff00::/8',
]);

/** What is not reachable from everywhere (IANA special-purpose registries), and tunnels that may hide it. */
const PRIVATE = blockList([
	'0.0.0.0/8',
	'10.0.0.0/8',
	'100.64.0.0/10',
	'127.0.0.0/8',
	'172.16.0.0/12',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'192.168.0.0/16',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
	'::/96',
	'64:ff9b::/96',
	'64:ff9b:1::/48',
	'100::/64',
	'2001::/23',
	'2001:db8::/32',
	'2002::/16',
	'3fff::/20',
	'fc00::/7',
	'fec0::/10',
]);

/**
 * Refuses a URL that no address could make good. A host that is an address is checked here: for it nothing is resolved.
 *
 * @throws DeliveryError ERR_SINK_ADDRESS_BLOCKED
 */
export function checkUrl(url: URL, rules: AddressRules): void {
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw blocked('only https: and http: URLs can be pushed to');
	}
	const host = url.hostname.replace(/^\[|\]$/g, '');
	const isAddress = isIP(host) !== 0;
	const problem = isAddress ? problemOf(host, rules) : undefined;
	if (problem !== undefined) throw blocked(problem);
	if (url.protocol === 'https:' || isHttpAllowed(rules)) return;
	if (!isAddress || !allowed(rules).check(host, familyOf(host))) {
		throw blocked('plain HTTP is not allowed here');
	}
}

/**
 * Says why an address may not be reached; undefined when it may.
 *
 * @param address an IPv4 or IPv6 address
 */
export function problemOf(address: string, rules: AddressRules): string | undefined {
	const plain = address.split('%', 1)[0] ?? address;
	const family = familyOf(plain);
	if (allowed(rules).check(plain, family)) return undefined;
	if (NEVER.check(plain, family)) return 'link-local and metadata addresses are blocked';
	if (rules.origin === 'dynamic' && PRIVATE.check(plain, family)) {
		return 'private addresses are blocked for URLs that come from data';
	}
	return undefined;
}

/** Resolves like the machine does and leaves out what may not be reached; fails when nothing is left. */
export function guardedLookup(rules: AddressRules, resolver = resolve): LookupFunction {
	return (hostname, options, callback) => {
		const all = { ...(options as LookupOptions), all: true } as const;
		resolver(hostname, all, (error, addresses: LookupAddress[]) => {
			if (error) return callback(error, '', 0);
			const problemAt = ({ address }: LookupAddress): string | undefined =>
				problemOf(address, rules) ?? problemOfName(hostname, address, rules);
			const reachable = addresses.filter((one) => !problemAt(one));
			const [first] = reachable;
			if (!first) {
				const problem = addresses.map(problemAt).find(Boolean);
				return callback(blocked(problem ?? 'the name has no address'), '', 0);
			}
			if (options.all) callback(null, reachable);
			else callback(null, first.address, first.family);
		});
	};
}

/** Names of metadata services, wherever they point: an address that looks harmless may be a way there. */
const METADATA_NAMES: readonly string[] = [
	'metadata',
	'metadata.google.internal',
	'metadata.goog',
	'instance-data',
	'instance-data.ec2.internal',
	'metadata.platformequinix.com',
	'metadata.tencentyun.com',
];

export function isMetadataName(hostname: string): boolean {
	return METADATA_NAMES.includes(hostname.toLowerCase().replace(/\.$/, ''));
}

function problemOfName(hostname: string, address: string, rules: AddressRules): string | undefined {
	if (!isMetadataName(hostname) || allowed(rules).check(address, familyOf(address))) {
		return undefined;
	}
	return 'link-local and metadata addresses are blocked';
}

function isHttpAllowed({ allowHttp, origin }: AddressRules): boolean {
	return allowHttp ?? origin !== 'dynamic';
}

// The rules of a sink never change, and are asked at every connection.
const allowedLists = new WeakMap<readonly string[], BlockList>();
const NOTHING = new BlockList();

function allowed({ allowedCidrs }: AddressRules): BlockList {
	if (!allowedCidrs || allowedCidrs.length === 0) return NOTHING;
	let list = allowedLists.get(allowedCidrs);
	if (!list) {
		list = blockList(allowedCidrs);
		allowedLists.set(allowedCidrs, list);
	}
	return list;
}

export function blocked(problem: string): DeliveryError {
	return new DeliveryError('ERR_SINK_ADDRESS_BLOCKED', problem);
}
