/** A call of a route by somebody who was let in, from wherever: a request, or the socket of the command line. */
import * as z from 'zod/v4';
import { CoreError } from '../errors';
import { ALL_PROJECTS, authorize, onlyProject, type Principal } from './access/principal';
import { checkInput } from './input-error';
import type { PushedRequest } from '../receiver/request';
import { isChange, type Call, type Reply, type Route } from './route';

/** What is done is written down, by whom and from where. */
export interface AuditPort {
	/**
	 * Around a change: what begins it is on disk before it, how it ended behind it.
	 *
	 * @param change may name what it made
	 */
	around<Result>(
		entry: AuditedCall,
		change: (note: Call<unknown>['note']) => Promise<Result>,
	): Promise<Result>;
}

export interface AuditedCall {
	readonly operation: string;
	readonly principal: Principal | undefined;
	readonly project: string;
	/** Parameters of the path: what was changed. */
	readonly path: Readonly<Record<string, string>>;
	readonly ip: string;
}

/** As it came; nothing of it is checked yet. */
export interface Given {
	/** Decoded. */
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly query: unknown;
	/** Asked once the role is known to be enough. */
	readonly readBody: () => Promise<unknown>;
	/** As the header has it. */
	readonly host?: string | undefined;
	/** For pushes. */
	readonly request?: PushedRequest;
}

export interface Caller<Core> {
	readonly core: Core;
	readonly audit: AuditPort;
	/** Undefined for an open route alone. */
	readonly principal: Principal | undefined;
	readonly ip: string;
	readonly now: number;
}

/** Of a parameter that its route says nothing of. UTF-16 units; the id of an export may be as long. */
const PARAMETER_LENGTH = 500;
const anyParameters = z.record(z.string(), z.string().max(PARAMETER_LENGTH));

/** @throws InputError; CoreError ERR_PROJECT_NEEDED, ERR_PROJECT_UNKNOWN, ERR_FORBIDDEN; as `readBody` and the handler */
export async function callRoute<Core>(
	route: Route<Core>,
	given: Given,
	{ core, audit, principal, ip, now }: Caller<Core>,
): Promise<Reply> {
	const { operation, scope, input } = route;
	const parameters = { ...given.parameters };
	const path = checkInput(input.path ?? anyParameters, parameters, 'path') as Call<Core>['path'];
	const project = projectOf(route, path, principal);
	if (scope !== 'open') {
		if (!principal) throw new TypeError('a route that is not open is called by somebody');
		if (route.of !== 'caller')
			authorize(principal, { project, scope, target: route.target?.(path) });
	}
	const query = input.query && checkInput(input.query, given.query, 'query');
	const body = input.body && checkInput(input.body.schema, await given.readBody(), 'body');
	const run = (note: Call<Core>['note']) => {
		const request = input.isPush ? given.request : undefined;
		const call = {
			path,
			query,
			body,
			request,
			principal,
			project,
			ip,
			host: given.host ?? '',
			receivedAt: now,
			core,
			note,
		};
		// The types of a route hold for its own handler; here they are those of any.
		return route.handle(call as unknown as Call<Core>);
	};
	if (!isChange(route)) return run(() => {});
	return audit.around({ operation, principal, project, path, ip }, run);
}

/** @throws CoreError ERR_PROJECT_NEEDED */
function projectOf(
	{ scope, of }: Pick<Route<never>, 'scope' | 'of'>,
	path: Readonly<Record<string, string>>,
	principal: Principal | undefined,
): string {
	if (scope === 'open' || of === 'caller') return '';
	if (of === 'all') return ALL_PROJECTS;
	const project = path['project'] ?? (principal && onlyProject(principal));
	if (project !== undefined) return project;
	throw new CoreError(
		'ERR_PROJECT_NEEDED',
		'this credential is good for several projects and the address names none: use one of a single project',
	);
}
