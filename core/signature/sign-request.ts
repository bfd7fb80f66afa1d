import { schemeOf, type SchemeConfig } from './schemes/index';
import type { UnsignedRequest } from './schemes/scheme';

/**
 * The headers that sign a request, of all schemes; none of them sees what another one adds.
 *
 * @param signatures checked by `validateSignatures`
 * @throws ConfigError
 */
export async function signRequest(
	request: UnsignedRequest,
	signatures: readonly SchemeConfig[],
): Promise<Readonly<Record<string, string>>> {
	const signed = signatures.map((one) => schemeOf(one).sign?.(request, one) ?? {});
	return Object.assign({}, ...(await Promise.all(signed))) as Record<string, string>;
}
