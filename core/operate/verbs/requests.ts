import { checkWhole } from '../../check-value';
import { ConfigError } from '../../errors';
import { RECENT_REQUESTS } from '../../pure/bounds';
import type { RecentRequest } from '../../receiver/recent-requests';
import type { Operable } from '../operable';

/** The last requests of a receiver, to see why one was refused. */
export interface ShownRequests {
	readonly receiverId: string;
	/** Newest first; at most 50, of this process, since it started. */
	readonly requests: readonly RecentRequest[];
}

/**
 * Accepted and refused ones, without secrets and bodies. Only the process that takes the requests knows them.
 *
 * @throws ConfigError for a receiver that is not attached here, and a limit out of bounds
 */
export async function listRequests(
	on: Operable,
	receiverId: string,
	o: { readonly limit?: number | undefined } = {},
): Promise<ShownRequests> {
	const { max } = RECENT_REQUESTS;
	const limit = o.limit === undefined ? max : checkWhole(o.limit, 'limit', { min: 1, max });
	const requests = on.recentRequests?.(receiverId, limit);
	if (requests) return { receiverId, requests };
	throw new ConfigError('receiverId', expectationOf(on), receiverId);
}

/** What a receiver has to be that a verb works on here, in words. */
export function expectationOf(on: Operable): string {
	const held = on.held?.().receivers ?? [];
	const names = held.map(({ id, label }) => `${JSON.stringify(id)} (${label})`).join(', ');
	return `a receiver that this process holds: ${names || 'there is none'}`;
}
