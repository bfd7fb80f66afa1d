/**
 * Cross-origin requests of browsers (Fetch standard, "CORS protocol"): which pages may push to a receiver. It lets nobody in: what does is the
 * receiver's authentication, and whatever is no browser sends no origin.
 */
import type { CorsConfig } from '../config';
import { ReceiveError } from '../errors';
import type { Answer, PushedRequest } from './request';

/** Whether a browser asks before a request; it carries no credentials, and says which method it means. */
export function isPreflight({
	method,
	headers,
}: Pick<PushedRequest, 'method' | 'headers'>): boolean {
	return (
		method === 'OPTIONS' &&
		headers['origin'] !== undefined &&
		headers['access-control-request-method'] !== undefined
	);
}

/**
 * Answers what browsers ask before a push, and tells them whether the page may see the answer. Without a configuration nothing is added.
 *
 * @param accept takes the push; not called for what is asked before one, so that it is neither judged nor stored
 */
export function withCors(
	cors: CorsConfig | undefined,
	request: PushedRequest,
	accept: () => Promise<Answer>,
): Promise<Answer> {
	return cors ? answerPage(cors, request, accept) : accept();
}

async function answerPage(
	cors: CorsConfig,
	request: PushedRequest,
	accept: () => Promise<Answer>,
): Promise<Answer> {
	const shared = allowOrigin(cors, request.headers['origin']);
	if (isPreflight(request)) return { status: 204, headers: preflight(cors, shared), body: '' };
	const answer = await accept();
	return { ...answer, headers: { ...answer.headers, ...shared } };
}

/**
 * Elsewhere a browser keeps away pages that nothing allows; where the host allows every page, only we can.
 *
 * @throws ReceiveError ERR_ORIGIN_REFUSED
 */
export function checkOrigin(
	{ isOpenToPages = false, headers }: Pick<PushedRequest, 'isOpenToPages' | 'headers'>,
	cors: CorsConfig | undefined,
): void {
	const { origin } = headers;
	if (!isOpenToPages || !cors || cors.origins === '*' || origin === undefined) return;
	if (typeof origin === 'string' && cors.origins.includes(origin)) return;
	throw new ReceiveError('ERR_ORIGIN_REFUSED', 'pages of this origin may not push here');
}

function preflight(
	{ headers, maxAgeSeconds }: CorsConfig,
	shared: Readonly<Record<string, string>>,
): Record<string, string> {
	if (shared['access-control-allow-origin'] === undefined) return { ...shared };
	return {
		...shared,
		'access-control-allow-methods': 'POST',
		'access-control-allow-headers': headers.join(', '),
		'access-control-max-age': String(maxAgeSeconds),
	};
}

/** Nothing is allowed to a page of another origin; caches are told that the answer goes by it. */
function allowOrigin(
	{ origins }: CorsConfig,
	origin: PushedRequest['headers'][string],
): Record<string, string> {
	if (origins === '*') return { 'access-control-allow-origin': '*' };
	const asked = typeof origin === 'string' ? origin : undefined;
	const isAllowed = asked !== undefined && origins.includes(asked);
	return { ...(isAllowed ? { 'access-control-allow-origin': asked } : {}), vary: 'Origin' };
}
