import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/**
 * What a connection without a `ca` of its own trusts, PEM: Node's list, NODE_EXTRA_CA_CERTS, and the system's where Node was told
 * to use it. Naming any `ca` replaces all of them.
 */
export function trustedCertificates(): readonly string[] {
	// From Node 22.15 on.
	const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
	return getCACertificates?.('default') ?? [...tls.rootCertificates, ...extraCertificates()];
}

/** As Node does with a file that it cannot read: without it. */
function extraCertificates(): string[] {
	const path = process.env['NODE_EXTRA_CA_CERTS'];
	if (!path) return [];
	try {
		return [readFileSync(path, 'utf8')];
	} catch {
		return [];
	}
}
