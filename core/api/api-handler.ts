/**
 * From a request to its answer, the same for every dialect, in this order: name of the host, whether anybody may be let in at all, pages of
 * browsers, route, credential, parameters, role, body, the one core call. Nothing of a body is read before the caller was let in.
 */
import type { BlockList } from 'node:net';
import { CoreError, ReceiveError } from '../errors';
import type { Headers } from '../event/event';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';
import { describeThrown } from '../describe-thrown';
import { clientIp } from '../event/client-ip';
import { isPreflight } from '../receiver/cors';
import type { PushHandler } from '../receiver/listener/node-http';
import { normalizeHeaders, type Answer, type PushedRequest } from '../receiver/request';
import { shownCredential, type ShownCredential } from './access/credential-ways';
import type { Principal } from './access/principal';
import { callRoute, type AuditPort } from './call-route';
import { checkHost } from './exposure';
import { readBodyOf, readValues } from './read-input';
import { refusalOf, type Refusal } from './refusal';
import type { Dialect, Reply, Route } from './route';
import { Router } from './router';

/** Who lets callers in. */
export interface Admittance {
	/** Whether there is an account; without one nothing is served. */
	isOpen(): Promise<boolean>;
	/** @throws CoreError ERR_CREDENTIAL_REFUSED whatever is wrong with it; ERR_RATE_LIMITED */
	admit(shown: ShownCredential, now: number): Promise<Principal>;
}

/** Looks at refused requests. */
export interface RefusalPort {
	/** Before a credential is looked at. @throws CoreError ERR_RATE_LIMITED for an address that was refused too often */
	enter(ip: string, now: number): void;
	/** Counts what was refused. */
	refused(ip: string, code: string, now: number): void;
}

export interface ApiPorts<Core> {
	readonly core: Core;
	readonly access: Admittance;
	readonly audit: AuditPort;
	readonly refusals: RefusalPort;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Trusted ones; default: none. */
	readonly proxies?: BlockList | undefined;
	/** @see Exposure.names */
	readonly names?: readonly string[] | undefined;
}

/** @throws TypeError for a table that contradicts itself */
export function apiHandler<Core>(dialect: Dialect<Core>, ports: ApiPorts<Core>): PushHandler {
	const router = new Router(dialect);
	return async (request) => {
		const incoming = readHead(request, ports);
		try {
			checkHost(incoming.headers, ports.names);
			checkPage(incoming, dialect);
			if (request.method === 'OPTIONS') return options(incoming, dialect, router);
			if (!(await ports.access.isOpen())) throw closed();
			const { route, reply } = await serve(incoming, router, dialect, ports);
			return finish(toAnswer(reply, route.output[reply.status]?.text), dialect);
		} catch (error) {
			return finish(refuse(error, incoming, { dialect, router, ports }), dialect);
		}
	};
}

interface Incoming {
	readonly request: PushedRequest;
	readonly headers: Headers;
	readonly ip: string;
	readonly now: number;
}

function readHead(
	request: PushedRequest,
	{ clock, proxies }: Pick<ApiPorts<unknown>, 'clock' | 'proxies'>,
): Incoming {
	const headers = normalizeHeaders(request.headers);
	const ip = clientIp({ remoteAddress: request.remoteAddress, headers }, proxies);
	return { request, headers, ip, now: clock.now() };
}

async function serve<Core>(
	incoming: Incoming,
	router: Router<Core>,
	dialect: Dialect<Core>,
	ports: ApiPorts<Core>,
): Promise<{ readonly route: Route<Core>; readonly reply: Reply }> {
	const { request, headers, ip, now } = incoming;
	const { route, parameters } = router.find(request.method, request.path);
	if (route.scope !== 'open' || route.isSignIn) ports.refusals.enter(ip, now);
	const principal = route.scope === 'open' ? undefined : await letIn(incoming, dialect, ports);
	const given = {
		parameters,
		query: readValues(request.query),
		readBody: () => readBodyOf(route.input, request, headers),
		host: headers['host']?.[0],
		request,
	};
	return { route, reply: await callRoute(route, given, { ...ports, principal, ip, now }) };
}

async function letIn<Core>(
	{ headers, request, now }: Incoming,
	dialect: Dialect<Core>,
	{ access }: ApiPorts<Core>,
): Promise<Principal> {
	return access.admit(shownCredential(headers, request.query, dialect.credentials), now);
}

function closed(): CoreError {
	return new CoreError(
		'ERR_ACCESS_CLOSED',
		'nothing is served before there is an account: make one with "node <package>/dist/cli.js admin add <store>"',
	);
}

/** @throws ReceiveError ERR_ORIGIN_REFUSED for a page of another origin, unless the dialect is for all pages */
function checkPage<Core>({ headers }: Incoming, { cors }: Dialect<Core>): void {
	if (cors || !headers['origin']) return;
	throw new ReceiveError('ERR_ORIGIN_REFUSED', 'pages of browsers may not call this API');
}

function options<Core>(
	{ request }: Incoming,
	{ cors }: Dialect<Core>,
	router: Router<Core>,
): Answer {
	const methods = router.methodsAt(request.path).join(', ');
	if (methods === '') throw new CoreError('ERR_ROUTE_UNKNOWN', 'nothing is served at this path');
	const shared =
		cors && isPreflight(request)
			? {
					'access-control-allow-origin': '*',
					'access-control-allow-methods': methods,
					'access-control-allow-headers': cors.headers.join(', '),
				}
			: {};
	return { status: 204, headers: { allow: methods, ...shared }, body: '' };
}

function refuse<Core>(
	error: unknown,
	{ request, ip, now }: Incoming,
	{
		dialect,
		router,
		ports,
	}: { dialect: Dialect<Core>; router: Router<Core>; ports: ApiPorts<Core> },
): Answer {
	const { path } = request;
	const isMethod = error instanceof CoreError && error.code === 'ERR_METHOD';
	const allow = isMethod ? router.methodsAt(path) : undefined;
	const refusal = refusalOf(error, { path, allow });
	ports.refusals.refused(ip, refusal.code, now);
	if (refusal.status >= 500) {
		const why = error instanceof CoreError ? error.message : describeThrown(error);
		ports.logger.error(`the API ${dialect.name} cannot answer a request: ${why}`, {
			code: refusal.code,
		});
	}
	const { status, json } = dialect.errorForm.write(refusal);
	return toAnswer({ status, json, headers: headersOf({ ...refusal, status }, dialect) });
}

function headersOf<Core>(
	{ status, allow, retryAfterSeconds }: Refusal,
	{ credentials }: Dialect<Core>,
): Record<string, string> {
	// Basic is not among them: no browser is to ask a person for it, and to send it along from then on.
	const challenges = credentials.flatMap((way) =>
		way.kind === 'authorization' ? way.scheme.replace(/^./, (first) => first.toUpperCase()) : [],
	);
	return {
		...(status === 401 && challenges.length > 0
			? { 'www-authenticate': challenges.join(', ') }
			: {}),
		...(allow ? { allow: allow.join(', ') } : {}),
		...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
	};
}

function toAnswer(
	{ status, headers, json, text }: Reply,
	type = 'application/json; charset=utf-8',
): Answer {
	const body = text ?? (json === undefined ? '' : JSON.stringify(json));
	return {
		status,
		headers: { ...(body === '' ? {} : { 'content-type': type }), ...headers },
		body,
	};
}

function finish<Core>(answer: Answer, { cors }: Dialect<Core>): Answer {
	const shared = cors ? { 'access-control-allow-origin': '*' } : {};
	const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
	return { ...answer, headers: { ...always, ...answer.headers, ...shared } };
}
