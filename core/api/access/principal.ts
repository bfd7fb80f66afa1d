/**
 * Who makes a request, in one shape for every kind of credential: a service account by its key, a token, a key that only pushes. What it
 * may do follows from its grants and limits alone; no dialect has rules of its own.
 */
import { CoreError } from '../../errors';
import { holds, SCOPES, type Role, type Scope } from './roles';

/** Of a grant: every project, and what belongs to none, such as accounts. */
export const ALL_PROJECTS = '*';

export interface Grant {
	/** Name of a project, or `*`. */
	readonly project: string;
	readonly role: Role;
}

/** What is narrower than a role. A list that is there bounds; what it does not name is refused. */
export interface Limits {
	/** Ids of receivers. */
	readonly receivers?: readonly string[] | undefined;
	/** Full ids of exports. */
	readonly exports?: readonly string[] | undefined;
	/** Names of tables, as the table sink has them. */
	readonly tables?: readonly string[] | undefined;
}

/**
 * `account`: a service account by one of its keys; `token`: a text that is shown as it is; `key`: a token with limits, such as that of a
 * dataset or a table; `local`: whoever may read the store's files anyway, by the command line.
 */
export const PRINCIPAL_KINDS = ['account', 'token', 'key', 'local'] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

export interface Principal {
	/** @see PRINCIPAL_KINDS */
	readonly kind: PrincipalKind;
	/** Of the credential that was shown. No secret. */
	readonly id: string;
	/** Of the account that it belongs to. */
	readonly account: string;
	/** For people and the audit log. */
	readonly label: string;
	readonly grants: readonly Grant[];
	readonly limits: Limits;
}

/** What a request is about, as far as limits look at it. */
export interface Target {
	readonly receiver?: string | undefined;
	readonly export?: string | undefined;
	readonly table?: string | undefined;
}

/** The role in a project: that of the project itself, else that of all projects; undefined where there is neither. */
function roleIn({ grants }: Pick<Principal, 'grants'>, project: string): Role | undefined {
	const own = grants.find((grant) => grant.project === project);
	return (own ?? grants.find((grant) => grant.project === ALL_PROJECTS))?.role;
}

/**
 * What is left of grants within others: a credential never does more than its account, also where that lost something since.
 *
 * @param wanted of the credential; absent: all of the account's
 */
export function narrow(own: readonly Grant[], wanted?: readonly Grant[]): readonly Grant[] {
	if (!wanted) return own;
	const left = wanted.filter(({ project, role }) => {
		const most = roleIn({ grants: own }, project);
		return most !== undefined && isNoMore(role, most);
	});
	const ofAll = left.find(({ project }) => project === ALL_PROJECTS);
	if (!ofAll) return left;
	// A role in all projects is no way around what the account may do in one of them.
	const others = own.filter(
		({ project }) => project !== ALL_PROJECTS && !left.some((one) => one.project === project),
	);
	const lesser = others.flatMap(({ project, role }) => {
		const both = SCOPES.findLast((one) => isNoMore(one, role) && isNoMore(one, ofAll.role));
		return both ? [{ project, role: both }] : [];
	});
	// Where they have nothing in common, no role says so: then it has none in all projects.
	if (lesser.length < others.length) return left.filter((one) => one !== ofAll);
	return [...left, ...lesser];
}

function isNoMore(role: Role, most: Role): boolean {
	return SCOPES.every((scope) => !holds(role, scope) || holds(most, scope));
}

/** The project of a request that names none: the only one there is a role in. */
export function onlyProject({ grants }: Pick<Principal, 'grants'>): string | undefined {
	const [grant, ...others] = grants;
	return others.length > 0 || grant?.project === ALL_PROJECTS ? undefined : grant?.project;
}

/** Whether the role in a project holds a scope: for what some see more of than others. */
export function may(
	principal: Pick<Principal, 'grants'> | undefined,
	{ project, scope }: { readonly project: string; readonly scope: Scope },
): boolean {
	const role = principal && roleIn(principal, project);
	return role !== undefined && holds(role, scope);
}

/**
 * @param target what the request is about; absent where its route says nothing of it, which a principal with limits may then not use
 * @throws CoreError ERR_PROJECT_UNKNOWN where there is no role in the project, whether it exists or not; ERR_FORBIDDEN where the role
 *   does not hold the scope, or the target is outside the limits
 */
export function authorize(
	principal: Principal,
	{
		project,
		scope,
		target,
	}: {
		readonly project: string;
		readonly scope: Scope;
		readonly target?: Target | undefined;
	},
): void {
	const role = roleIn(principal, project);
	if (role === undefined) {
		throw new CoreError('ERR_PROJECT_UNKNOWN', `there is no project ${JSON.stringify(project)}`, {
			details: { project },
		});
	}
	if (!holds(role, scope)) {
		throw forbidden(`this needs the role ${scope} or one above it, and yours is ${role}`, {
			role,
			scope,
		});
	}
	if (!isWithin(principal.limits, target)) {
		throw forbidden('this credential is for other receivers, exports or tables', { scope });
	}
}

/** Each list that is there has to name what the request is about. */
function isWithin(
	{ receivers, exports, tables }: Limits,
	{ receiver, export: export_, table }: Target = {},
): boolean {
	return names(receivers, receiver) && names(exports, export_) && names(tables, table);
}

function names(list: readonly string[] | undefined, one: string | undefined): boolean {
	return list === undefined || (one !== undefined && list.includes(one));
}

function forbidden(message: string, details: Readonly<Record<string, unknown>>): CoreError {
	return new CoreError('ERR_FORBIDDEN', message, { details });
}
