/**
 * The requests of a connection one after the other (RFC 9112, 9.3.2). Node hands all over that have come, and answers what it cannot read
 * at once: a sender that does not wait would read that as the answer to an earlier request, whose event is stored, and what stands behind
 * the last answer of a connection would be stored and never answered.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes a request; `awaitsContinue` where its sender waits for `100 Continue`. */
export type OnRequest = (
	request: IncomingMessage,
	response: ServerResponse,
	o: { readonly awaitsContinue: boolean },
) => void;

interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** What came before it on the connection, until its turn comes. */
	before: Exchange | undefined;
}

/** By Node's codes; anything else is a 400. */
const STATUS_LINES: Readonly<Record<string, string>> = {
	HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
	HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
	ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Hands the requests of a server over, each when the one before it is answered. */
export class RequestsInTurn {
	/** By connection. */
	readonly #newest = new WeakMap<Duplex, Exchange>();
	readonly #ending = new WeakSet<Duplex>();

	constructor(server: Server, onRequest: OnRequest) {
		const on = (event: 'request' | 'checkContinue', awaitsContinue: boolean): void => {
			server.on(event, (request: IncomingMessage, response: ServerResponse) =>
				this.#take({ request, response, before: undefined }, () =>
					onRequest(request, response, { awaitsContinue }),
				),
			);
		};
		on('request', false);
		on('checkContinue', true);
		server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#end(error, socket));
	}

	#take(exchange: Exchange, run: () => void): void {
		const { socket } = exchange.request;
		const before = this.#newest.get(socket);
		this.#newest.set(socket, exchange);
		if (!before) return run();
		const inTurn = (): void => {
			exchange.before = undefined;
			// The answer before may have been the last one of the connection.
			if (socket.writable) run();
		};
		if (before.response.writableFinished) return inTurn();
		exchange.before = before;
		before.response.once('finish', inTurn);
	}

	#end(error: NodeJS.ErrnoException, socket: Duplex): void {
		// What comes behind it cannot be read either, and is told once more.
		if (this.#ending.has(socket)) return;
		this.#ending.add(socket);
		const newest = this.#newest.get(socket);
		const broken = newest?.request.complete === false ? newest : undefined;
		const whole = broken ? broken.before : newest;
		const answer = (): void => {
			// The answer to a request whose body breaks off may have gone out before.
			if (socket.writable && !broken?.response.headersSent) socket.write(answerTo(error));
			socket.destroy();
		};
		if (!whole || whole.response.writableFinished || whole.response.destroyed) return answer();
		whole.response.once('finish', answer);
	}
}

function answerTo({ code = '' }: NodeJS.ErrnoException): string {
	const line = STATUS_LINES[code] ?? '400 Bad Request';
	return `HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`;
}
