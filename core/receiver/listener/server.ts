import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { IDLE_TIMEOUT_MS } from '../../pure/bounds';
import type { ListenerTimes } from './listener-times';
import { RequestsInTurn, type OnRequest } from './requests-in-turn';

/** Of all headers of a request; Node answers 431 to more. */
const MAX_HEADER_BYTES = 16_384;

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
	// Not in Node's documentation: without it whoever closes the own side behind a request gets no answer, though its event is stored.
	(server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
	// Without a limit here Node leaves out what is beyond it, and says nothing; `listener.ts` refuses.
	server.maxHeadersCount = 0;
	server.timeout = times.silentMs;
	server.maxConnections = o.maxConnections;
	void new RequestsInTurn(server, onRequest);
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
