import type { RequestReport } from './sink';
import { settleToken } from './flow-token';
import type { HttpTarget, PushResult } from './http/http-target';
import type { PushOptions } from './http/push-options';

/**
 * Pushes what a batch of the flow has become, in one request, and settles the batch by the answer. Its sink hears of the requests, so
 * that the same rules hold as for an export that goes to the endpoint by itself. Never rejects.
 *
 * @param o.signal a request that it broke off gives the batch back
 * @returns isSettled: by this
 */
export async function settleByPush(
	target: Pick<HttpTarget, 'push'>,
	token: string,
	body: Uint8Array,
	o: Omit<PushOptions, 'onRequest'>,
): Promise<PushResult & { readonly isSettled: boolean }> {
	const requests: RequestReport[] = [];
	const onRequest = (request: RequestReport): void => void requests.push(request);
	const result = await target.push(body, { ...o, onRequest });
	const isReleased = o.signal?.aborted === true && result.outcome.kind !== 'ack';
	const outcome = isReleased ? ({ kind: 'release' } as const) : result.outcome;
	return { ...result, isSettled: settleToken(token, outcome, requests) };
}
