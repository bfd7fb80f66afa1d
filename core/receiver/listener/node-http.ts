import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorAnswer } from '../answer';
import { bodyChunks } from './body-chunks';
import { atEndOfTurn } from './end-of-turn';
import type { Answer, PushedRequest } from '../request';
import { requestPath, requestQuery, requestTarget } from './target';

/** Takes one push to its answer. */
export type PushHandler = (request: PushedRequest) => Promise<Answer>;

/** How much of a refused body is read and thrown away, so that the sender gets to see the answer, and for how long. */
export interface DrainBounds {
	readonly bytes: number;
	readonly ms: number;
}

export const DRAIN: DrainBounds = { bytes: 64 * 1_048_576, ms: 10_000 };

export interface RespondOptions {
	/** The sender waits for `100 Continue` (RFC 9110, 10.1.1): it gets one when its body is wanted, and not before. */
	readonly awaitsContinue?: boolean;
	/** Default DRAIN. */
	readonly drain?: DrainBounds;
	/** Asked when the answer goes out: whether it is the last one of its connection. Default: the sender decides. */
	readonly isLast?: () => boolean;
}

/**
 * Carries one request of Node's HTTP server to a handler and its answer back. Always answers, unless the sender has gone.
 *
 * @param extraHeaders of the host, e.g. CORS; what the answer has itself goes before them
 */
export function respond(
	request: IncomingMessage & { originalUrl?: string },
	response: ServerResponse,
	handler: PushHandler,
	extraHeaders: Readonly<Record<string, string>> = {},
	{ awaitsContinue = false, drain = DRAIN, isLast = () => false }: RespondOptions = {},
): void {
	let isBodyWanted = !awaitsContinue;
	const onBodyWanted = (): void => {
		if (!isBodyWanted) response.writeContinue();
		isBodyWanted = true;
	};
	const send = (answer: Answer): void => {
		try {
			// After an answer without the 100 that was waited for, Node closes the connection: whether the body still comes is not known.
			if (isLast()) response.shouldKeepAlive = false;
			write(request, response, answer, extraHeaders, drain);
		} catch {
			response.destroy();
		}
	};
	const take = async (): Promise<void> => {
		let answer: Answer;
		try {
			answer = await handler(pushedRequest(request, onBodyWanted));
		} catch (error) {
			answer = errorAnswer(error);
		}
		atEndOfTurn(() => send(answer));
	};
	atEndOfTurn(() => void take());
}

function pushedRequest(
	request: IncomingMessage & { originalUrl?: string },
	onBodyWanted: () => void,
): PushedRequest {
	const query = requestQuery(request);
	return {
		method: request.method ?? '',
		target: requestTarget(request),
		path: requestPath(request),
		...(query === undefined ? {} : { query }),
		headers: request.headers,
		body: wholeBody(request) ?? bodyChunks(request, onBodyWanted),
		remoteAddress: request.socket.remoteAddress ?? '',
	};
}

/** A body that has come already, read at once; undefined where more of it may come, or somebody has read it. */
function wholeBody(request: IncomingMessage): Uint8Array | undefined {
	if (!request.complete || request.destroyed || request.readableEnded) return undefined;
	return (request.read() as Buffer | null) ?? Buffer.alloc(0);
}

function write(
	request: IncomingMessage,
	response: ServerResponse,
	answer: Answer,
	extraHeaders: Readonly<Record<string, string>>,
	bounds: DrainBounds,
): void {
	if (response.headersSent || response.destroyed) return;
	response.writeHead(answer.status, {
		...extraHeaders,
		...answer.headers,
		'content-length': Buffer.byteLength(answer.body),
	});
	response.end(answer.body);
	drainRest(request, bounds);
}

/**
 * Reads and throws away what is left of an answered request. Closing with unread bytes resets the connection, and the sender may lose the
 * answer; reading without end is no option either.
 */
export function drainRest(request: IncomingMessage, bounds: DrainBounds = DRAIN): void {
	if (request.complete) return;
	let bytes = 0;
	const giveUp = (): void => void request.socket.destroy();
	const timer = setTimeout(giveUp, bounds.ms).unref();
	request.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > bounds.bytes) giveUp();
	});
	request.on('close', () => clearTimeout(timer));
	request.on('error', () => {});
	request.resume();
}
