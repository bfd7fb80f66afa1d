/**
 * What came back on a connection, whatever the parser makes of it. An endpoint that has said 2xx has taken the push, however its
 * answer goes on (bare line feeds, a length given twice, the connection's end): sending it again would bring it twice.
 * Nothing is parsed leniently for that, so nothing of such a connection is used for another answer: the parser's error has ended it.
 */
import {
	request as httpRequest,
	type ClientRequest,
	type IncomingMessage,
	type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { TunnelOptions } from './proxy/tunnel-agent';

/** Interim answers (1xx) and the first line of the final one are within it. */
const MAX_WATCHED = 16_384;

export class Answered {
	/** How a proxy answered when it was asked for a tunnel; undefined where nobody asked. */
	proxyStatus: number | undefined;
	#text = '';
	#socket: Socket | undefined;
	readonly #giveUp: AbortSignal;

	/** @param giveUp ends a tunnel that is being made */
	constructor(giveUp: AbortSignal) {
		this.#giveUp = giveUp;
	}

	/** Whether anything was answered at all. */
	get hasBegun(): boolean {
		return this.#text !== '';
	}

	/** Status of the final answer's first line, as soon as that is there. */
	get status(): number | undefined {
		const lines = this.#text.matchAll(/(?:^|\n\r?\n)HTTP\/1\.[01] (\d{3})(?=[ \r\n])/g);
		for (const [, status] of lines) if (!status?.startsWith('1')) return Number(status);
		return undefined;
	}

	/** For answers that say that the connection is the wrong one. */
	endConnection(): void {
		this.#socket?.destroy();
	}

	/** The same as `http.request` and `https.request`, for axios. */
	readonly transport = {
		request: (
			options: RequestOptions,
			onAnswer: (answer: IncomingMessage) => void,
		): ClientRequest => {
			const isTls = options.protocol === 'https:';
			const tunnel: TunnelOptions = { giveUp: this.#giveUp };
			const request = (isTls ? httpsRequest : httpRequest)({ ...options, ...tunnel }, onAnswer);
			const watch = (chunk: Buffer): void => {
				if (this.#text.length < MAX_WATCHED) this.#text += chunk.toString('latin1');
			};
			request.once('proxyConnect', ({ statusCode }: { statusCode?: number }) => {
				this.proxyStatus = statusCode;
			});
			request.once('socket', (socket) => {
				this.#text = '';
				this.#socket = socket;
				// Before the parser, which ends the connection at what it does not like.
				socket.prependListener('data', watch);
				request.once('close', () => socket.off('data', watch));
			});
			return request;
		},
	};
}
