import { isIP, type LookupFunction } from 'node:net';
import { DeliveryError } from '../../../errors';
import { blocked, isMetadataName, type AddressRules } from '../guard';

/**
 * The guard of an endpoint that a proxy connects to: the name is resolved here, and what may not be reached is refused. The proxy resolves it
 * once more, so this does not hold against a name that points elsewhere a moment later; the proxy's own rules do.
 *
 * @param url checked by `checkUrl`
 * @param lookup of `guardedLookup`
 * @throws DeliveryError ERR_SINK_ADDRESS_BLOCKED
 */
export async function checkTarget(
	{ hostname }: URL,
	rules: AddressRules,
	lookup: LookupFunction,
): Promise<void> {
	if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return;
	const error = await new Promise<Error | null>((resolve) =>
		lookup(hostname, { all: true }, (failed) => resolve(failed)),
	);
	if (error === null) return;
	if (error instanceof DeliveryError) throw error;
	if (isMetadataName(hostname)) throw blocked('link-local and metadata addresses are blocked');
	// Behind many proxies names from outside are unknown. The author of the flow knows whom he named; data does not.
	if (rules.origin !== 'dynamic') return;
	throw blocked('the name cannot be resolved here, so that its address cannot be checked');
}
