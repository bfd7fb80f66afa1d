import type { ReceiverConfig } from '../../config';
import { ReceiveError } from '../../errors';
import { checkOrigin } from '../cors';
import type { PushedRequest } from '../request';
import { sentLimit, tooLarge } from './body';

/**
 * What can be refused before a byte of the body is read: another method than POST (GET of a deletion by id), a page of another origin, a declared length above the limit.
 *
 * @throws ReceiveError ERR_METHOD, ERR_ORIGIN_REFUSED, ERR_BODY_TOO_LARGE
 */
export function checkLimits(
	request: PushedRequest,
	{ maxBodyBytes, cors }: Pick<ReceiverConfig, 'maxBodyBytes' | 'cors'>,
): void {
	const { method, headers } = request;
	const wanted = request.deletes?.recordId === undefined ? 'POST' : 'GET';
	if (method.toUpperCase() !== wanted) {
		throw new ReceiveError('ERR_METHOD', `only ${wanted} is accepted here`);
	}
	checkOrigin(request, cors);
	const length = headers['content-length'];
	const declared = Number(typeof length === 'string' ? length : length?.[0]);
	if (declared > maxBodyBytes) throw tooLarge(declared, sentLimit({ maxBodyBytes }));
}
