/**
 * Our own HTTP server: paths and prefixes, many receivers and APIs on one port, one server per address and process (N77). It listens on
 * the loopback address unless it is told another. Bounds: headers within 10 s, the whole request within 60 s (`listener-times.ts`), 16 KiB of headers; the body's bound is the receiver's.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { checkWhole } from '../../check-value';
import { ConfigError, ReceiveError } from '../../errors';
import { IDLE_TIMEOUT_MS, LISTENER, PORT } from '../../pure/bounds';
import { errorAnswer } from '../answer';
import { LISTENER_TIMES, type ListenerTimes } from './listener-times';
import { respond, type PushHandler, type RespondOptions } from './node-http';
import { Routes, type Place } from './routes';
import { requestPath } from './target';
import { processShared } from '../../runtime/process-shared';

/** A place of the listener, and who answers there. */
export type Mount = Place & {
	readonly handler: PushHandler;
	readonly holder: { readonly label: string };
};

export interface Listener {
	/** The port it listens on: the one asked for, or the one the system gave for 0. */
	readonly port: number;
	/** Serves a place until the returned function is called. @throws ConfigError when it is none or is taken, naming both holders */
	mount(mount: Mount): () => void;
	/** Ends this handle; the last one stops accepting, lets requests end for up to 5 s, then cuts them. Idempotent. */
	close(): Promise<void>;
}

interface Shared {
	readonly server: Server;
	readonly closeMs: number;
	readonly routes: Routes<PushHandler>;
	handles: number;
}

const MAX_HEADER_BYTES = 16_384;

function registry(): Map<string, Promise<Shared>> {
	return processShared('listeners', () => new Map());
}

export interface ListenerOptions {
	/** Address to listen on, default 127.0.0.1. */
	readonly host?: string | undefined;
	/** 0 … 65,535; 0 lets the system choose and is never shared. */
	readonly port: number;
	/** How long a connection without a request stays open, bounds and default in IDLE_TIMEOUT_MS. Of several who share a port the longest counts. */
	readonly idleTimeoutMs?: number | undefined;
}

/**
 * Opens a port, or takes part in one that this process has open.
 *
 * @param times for tests
 * @throws ConfigError (ERR_CONFIG_INVALID) for a bad address or time, and when the port is in use or may not be opened
 */
export async function createListener(
	options: ListenerOptions,
	times: ListenerTimes = LISTENER_TIMES,
): Promise<Listener> {
	const { host = LISTENER.host, port, idleTimeoutMs = IDLE_TIMEOUT_MS.fallback } = options;
	checkWhole(port, 'port', { ...PORT, min: 0 });
	checkWhole(idleTimeoutMs, 'idleTimeoutMs', IDLE_TIMEOUT_MS);
	const key = port === 0 ? `${host}:0:${Math.random()}` : `${host}:${port}`;
	const opening = registry().get(key) ?? open(host, port, times);
	registry().set(key, opening);
	let shared: Shared;
	try {
		shared = await opening;
	} catch (error) {
		registry().delete(key);
		throw error;
	}
	shared.handles++;
	shared.server.keepAliveTimeout = Math.max(shared.server.keepAliveTimeout, idleTimeoutMs);
	const own = new Set<() => void>();
	let closing: Promise<void> | undefined;
	return {
		port: portOf(shared.server),
		mount(mount) {
			const remove = shared.routes.add(mount, mount.handler, mount.holder);
			own.add(remove);
			return () => {
				remove();
				own.delete(remove);
			};
		},
		close() {
			return (closing ??= closeHandle(key, shared, own));
		},
	};
}

async function open(host: string, port: number, times: ListenerTimes): Promise<Shared> {
	const routes = new Routes<PushHandler>();
	const server = createServer(
		{
			headersTimeout: times.headersMs,
			requestTimeout: times.requestMs,
			connectionsCheckingInterval: times.checkMs,
			keepAliveTimeout: IDLE_TIMEOUT_MS.min,
			maxHeaderSize: MAX_HEADER_BYTES,
		},
		(request, response) => route(routes, request, response),
	);
	server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
		route(routes, request, response, { awaitsContinue: true }),
	);
	server.listen(port, host);
	try {
		await once(server, 'listening');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new ConfigError(
			'port',
			`a port that can be opened on ${host} (${code ?? 'unknown error'})`,
			port,
			{ cause: error },
		);
	}
	return { server, routes, closeMs: times.closeMs, handles: 0 };
}

function route(
	routes: Routes<PushHandler>,
	request: IncomingMessage,
	response: ServerResponse,
	options: RespondOptions = {},
): void {
	respond(request, response, routes.find(requestPath(request)) ?? nothingHere, {}, options);
}

async function nothingHere(): ReturnType<PushHandler> {
	return errorAnswer(new ReceiveError('ERR_RECEIVER_UNKNOWN', 'nothing is served at this path'));
}

async function closeHandle(
	key: string,
	shared: Shared,
	own: ReadonlySet<() => void>,
): Promise<void> {
	for (const remove of own) remove();
	if (--shared.handles > 0) return;
	registry().delete(key);
	const closed = once(shared.server, 'close');
	shared.server.close();
	shared.server.closeIdleConnections();
	const cut = setTimeout(() => shared.server.closeAllConnections(), shared.closeMs);
	await closed;
	clearTimeout(cut);
}

function portOf(server: Server): number {
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}
