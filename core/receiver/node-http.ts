import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer } from './answer';
import { bodyChunks } from './body-chunks';
import type { Answer, PushedRequest } from './request';

/** Takes one push to its answer. */
export type PushHandler = (request: PushedRequest) => Promise<Answer>;

/** How much of a refused body is read and thrown away, so that the sender gets to see the answer, and for how long. */
const DRAIN_BYTES = 64 * 1_048_576;
const DRAIN_MS = 10_000;

/**
 * Carries one request of Node's HTTP server to a handler and its answer back. Always answers, unless the sender has gone.
 *
 * @param extraHeaders added to every answer, e.g. CORS
 */
export function respond(
	request: IncomingMessage & { originalUrl?: string },
	response: ServerResponse,
	handler: PushHandler,
	extraHeaders: Readonly<Record<string, string>> = {},
): void {
	handler(pushedRequest(request))
		.catch(errorAnswer)
		.then((answer) => write(request, response, answer, extraHeaders))
		.catch(() => response.destroy());
}

/** Path without the query and without a slash at its end, so that both spellings of an address work. */
export function requestPath(request: {
	readonly url?: string | undefined;
	readonly originalUrl?: string;
}): string {
	const [path = '/'] = (request.originalUrl ?? request.url ?? '/').split('?', 1);
	return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function pushedRequest(request: IncomingMessage & { originalUrl?: string }): PushedRequest {
	const url = request.originalUrl ?? request.url ?? '/';
	const queryAt = url.indexOf('?');
	return {
		method: request.method ?? '',
		path: requestPath(request),
		...(queryAt < 0 ? {} : { query: parseQuery(url.slice(queryAt + 1)) }),
		headers: request.headers,
		body: bodyChunks(request),
		remoteAddress: request.socket.remoteAddress ?? '',
	};
}

function parseQuery(text: string): Record<string, string[]> {
	const query: Record<string, string[]> = Object.create(null);
	for (const [name, value] of new URLSearchParams(text)) (query[name] ??= []).push(value);
	return query;
}

function write(
	request: IncomingMessage,
	response: ServerResponse,
	answer: Answer,
	extraHeaders: Readonly<Record<string, string>>,
): void {
	if (response.headersSent || response.destroyed) return;
	response.writeHead(answer.status, {
		...answer.headers,
		...extraHeaders,
		'content-length': Buffer.byteLength(answer.body),
	});
	response.end(answer.body);
	if (!request.complete) drain(request);
}

/** Closing with unread bytes resets the connection, and the sender may lose the answer; reading without end is no option either. */
function drain(request: IncomingMessage): void {
	let bytes = 0;
	const giveUp = (): void => void request.socket.destroy();
	const timer = setTimeout(giveUp, DRAIN_MS).unref();
	request.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > DRAIN_BYTES) giveUp();
	});
	request.on('close', () => clearTimeout(timer));
	request.on('error', () => {});
	request.resume();
}
