import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { IDLE_TIMEOUT_MS } from '../../pure/bounds';
import type { ListenerTimes } from './listener-times';

/** Of all headers of a request; Node answers 431 to more. */
const MAX_HEADER_BYTES = 16_384;

/** Takes a request; `awaitsContinue` where its sender waits for `100 Continue`. */
export type OnRequest = (
	request: IncomingMessage,
	response: ServerResponse,
	o: { readonly awaitsContinue: boolean },
) => void;

/**
 * A server of node:http with all bounds set: nothing is left to defaults that may change. Requests that can be read in two ways (RFC 9112,
 * 6.1 to 6.3) are a 400 and the end of their connection.
 */
export function boundedServer(
	o: {
		readonly times: ListenerTimes;
		readonly maxConnections: number;
		readonly tls?: SecureContextOptions | undefined;
	},
	onRequest: OnRequest,
): Server | TlsServer {
	const { times, tls } = o;
	const options = {
		headersTimeout: times.headersMs,
		requestTimeout: times.requestMs,
		connectionsCheckingInterval: times.checkMs,
		keepAliveTimeout: IDLE_TIMEOUT_MS.min,
		maxHeaderSize: MAX_HEADER_BYTES,
		insecureHTTPParser: false,
		requireHostHeader: true,
	};
	const server = tls
		? createTlsServer({ ...options, ...tlsOptions(tls), handshakeTimeout: times.headersMs })
		: createServer(options);
	// Without a limit here Node leaves out what is beyond it, and says nothing; `listener.ts` refuses.
	server.maxHeadersCount = 0;
	server.timeout = times.silentMs;
	server.maxConnections = o.maxConnections;
	server.on('request', (request: IncomingMessage, response: ServerResponse) =>
		onRequest(request, response, { awaitsContinue: false }),
	);
	server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
		onRequest(request, response, { awaitsContinue: true }),
	);
	return server;
}

/** With authorities senders show a certificate of one of them, or are not let in. */
function tlsOptions(tls: SecureContextOptions): SecureContextOptions & {
	requestCert: boolean;
	rejectUnauthorized: true;
} {
	return { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: true };
}

export function portOf(server: Server): number {
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}
