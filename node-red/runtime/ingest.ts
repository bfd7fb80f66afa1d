/**
 * Receivers on Node-RED's own server. With default settings the editor's body parser reads every body before a node's route is
 * reached (R60), so one middleware is put in front of everything (R62): where no host protection is configured it answers the
 * push itself, else it only keeps the parsers away and the push takes the normal way through auth, middleware and CORS (R63, R64).
 * Being in front of everything it must leave alone what is Node-RED's own (admin-routes.ts).
 */
import type { NodeAPI } from 'node-red';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
	ConfigError,
	configuredPath,
	isPreflight,
	isUrlPath,
	Places,
	processShared,
	requestPath,
	respond,
	systemClock,
	URL_PATH,
	type PushHandler,
} from '../../core/index';
import { createAdminRoutes } from './admin-routes';
import { corsHeaders } from './cors';
import { joinPath, nodeRoot, settingsOf } from './http-roots';

interface Route {
	readonly handler: PushHandler;
	/** The secret is one more segment of the path. */
	readonly secretInUrl: boolean;
	/** It answers what browsers ask before a push: that comes without what a host's login wants. */
	readonly hasCors?: boolean;
	/** Who is named where another one wants the path. */
	readonly holder: { readonly label: string };
}

type Next = (error?: unknown) => void;
type ExpressRequest = IncomingMessage & {
	_body?: boolean;
	body?: unknown;
	skipRawBodyParser?: boolean;
};
type Handler = (request: ExpressRequest, response: ServerResponse, next: Next) => void;
interface Layer {
	handle?: unknown;
}
interface ExpressApp {
	parent?: ExpressApp;
	use(handler: Handler): void;
	all(path: RegExp, ...handlers: unknown[]): void;
	path(): string;
	_router?: { stack: Layer[] };
	router?: { stack: Layer[] };
}
interface Ingest {
	readonly places: Places;
	/** Of receivers with CORS of their own. */
	readonly withCors: WeakSet<PushHandler>;
	readonly direct: boolean;
	/** Whether a path belongs to the editor or the admin API. */
	readonly isAdmin: (path: string) => boolean;
}

/** How long a path answers 503 after its node has closed; a redeploy takes milliseconds, a path that moved away is then a 404. */
const CLOSING_MS = 10_000;

/**
 * Serves a path until the returned function is called: with `gone` it is a 404 at once, else a 503 until the node comes back.
 *
 * @param path as configured, without httpNodeRoot
 * @throws ConfigError when the path is none, is taken or is Node-RED's own, or HTTP nodes are switched off in the settings
 */
export function serve(RED: NodeAPI, path: string, route: Route): (gone: boolean) => void {
	checkPath(RED, path);
	const ingest = install(RED);
	const { secretInUrl, handler, holder, hasCors = false } = route;
	if (hasCors) ingest.withCors.add(handler);
	const leave = ingest.places.add({ path: fullPath(RED, path), secretInUrl }, handler, holder);
	return (gone) => leave({ gone });
}

/**
 * Says by name what is wrong with the path of a receiver, for deploys and dialogs.
 *
 * @throws ConfigError
 */
export function checkPath(RED: NodeAPI, path: string): void {
	if (settingsOf(RED)['httpNodeRoot'] === false) {
		throw new ConfigError(
			'path',
			'httpNodeRoot in the settings not to be false: the HTTP nodes are switched off',
		);
	}
	if (!isUrlPath(configuredPath(path.startsWith('/') ? path : `/${path}`))) {
		throw new ConfigError('path', URL_PATH, path);
	}
	const full = fullPath(RED, path);
	if (createAdminRoutes(RED)(full)) {
		const root = nodeRoot(RED);
		const beside = root === '/' ? '' : ` (with httpNodeRoot: ${full})`;
		throw new ConfigError(
			'path',
			`a path that is not Node-RED's own: its editor and admin API answer there${beside}`,
			path,
		);
	}
}

function fullPath(RED: NodeAPI, path: string): string {
	return configuredPath(joinPath(nodeRoot(RED), path));
}

/** One middleware per Node-RED process and root app, also when node sets are loaded as separate modules. */
function install(RED: NodeAPI): Ingest {
	const httpNode = RED.httpNode as unknown as ExpressApp;
	return processShared('ingest', () => createIngest(RED, httpNode), httpNode);
}

function createIngest(RED: NodeAPI, httpNode: ExpressApp): Ingest {
	const settings = settingsOf(RED);
	const protection = ['httpNodeAuth', 'httpNodeMiddleware', 'httpNodeCors'].filter(
		(name) => settings[name],
	);
	const ingest: Ingest = {
		places: new Places(systemClock, CLOSING_MS),
		withCors: new WeakSet(),
		direct: protection.length === 0,
		isAdmin: createAdminRoutes(RED),
	};
	hoist(rootOf(httpNode), (request, response, next) => {
		const handler = find(ingest, request);
		if (!handler) return next();
		if (ingest.direct || answersPreflight(ingest, handler, request))
			return respond(request, response, handler);
		// body-parser and http-in skip a request with `_body`; the stream stays unread until the checks have passed.
		request._body = true;
		request.skipRawBodyParser = true;
		next();
	});
	if (!ingest.direct) mount(httpNode, ingest, settings);
	RED.log.info(
		ingest.direct
			? '[sluice] receivers answer directly on the HTTP server'
			: `[sluice] receivers answer behind ${protection.join(', ')}`,
	);
	return ingest;
}

/** Moves a new middleware to the front of the root app's stack, before the editor's body parser. */
function hoist(root: ExpressApp, handler: Handler): void {
	root.use(handler);
	const stack = (root._router ?? root.router)?.stack ?? [];
	const index = stack.findIndex(({ handle }) => handle === handler);
	if (index > 0) stack.unshift(...stack.splice(index, 1));
}

/** The normal place: httpNodeAuth is the host's and comes first; middleware and CORS are each node's own business (as in http in). */
function mount(httpNode: ExpressApp, ingest: Ingest, settings: Record<string, unknown>): void {
	const middleware = settings['httpNodeMiddleware'];
	const handlers =
		typeof middleware === 'function' || Array.isArray(middleware) ? [middleware] : [];
	httpNode.all(
		/.*/,
		(request: ExpressRequest, _response: ServerResponse, next: (skip?: string) => void) => {
			next(find(ingest, request) && !isHostPreflight(request) ? undefined : 'route');
		},
		...handlers,
		(request: ExpressRequest, response: ServerResponse, next: Next) => {
			const handler = find(ingest, request);
			if (!handler) return next();
			respond(
				request,
				response,
				handler,
				corsHeaders(settings['httpNodeCors'], request.headers.origin),
			);
		},
	);
}

/** CORS is the host's; the permission that CloudEvents asks for by the same method is ours. */
function isHostPreflight({ method, headers }: IncomingMessage): boolean {
	return method === 'OPTIONS' && headers['webhook-request-origin'] === undefined;
}

function answersPreflight(ingest: Ingest, handler: PushHandler, request: IncomingMessage): boolean {
	const { method = '', headers } = request;
	return ingest.withCors.has(handler) && isPreflight({ method, headers });
}

function find(ingest: Ingest, request: IncomingMessage): PushHandler | undefined {
	const path = requestPath(request);
	const handler = ingest.places.find(path);
	return handler && !ingest.isAdmin(path) ? handler : undefined;
}

function rootOf(app: ExpressApp): ExpressApp {
	return app.parent ? rootOf(app.parent) : app;
}
