import { ConfigError } from '../../errors';
import type { RenewedUrlSecret } from '../../pipeline/receiver-results';
import type { Operable } from '../operable';
import { expectationOf } from './requests';

/**
 * Gives the URL of a receiver a new secret, which nobody is shown again; the former one goes on letting requests in for as long as the
 * receiver says (24 h), so that the sender can change over. The receiver, its buffers and their rows stay what they are.
 *
 * @throws ConfigError for a receiver that is not attached here, or has no secret in its URL; what the store says
 */
export async function renewUrlSecret(on: Operable, receiverId: string): Promise<RenewedUrlSecret> {
	if (!on.renewUrlSecret) throw new ConfigError('receiverId', expectationOf(on), receiverId);
	return on.renewUrlSecret(receiverId);
}
