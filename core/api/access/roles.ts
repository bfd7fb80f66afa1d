/**
 * What somebody may do in a project. A role is a set of scopes; a route asks for one scope. Each role holds those before it, but for
 * `push`, which pushes and sees nothing: it is for devices and senders.
 */

/** What a route can ask for, in the order of what they open. */
export const SCOPES = ['push', 'view', 'viewPayloads', 'operate', 'develop', 'administer'] as const;

export type Scope = (typeof SCOPES)[number];

/** Roles have the names of the most that they may. */
export type Role = Scope;

const HOLDS: Readonly<Record<Role, readonly Scope[]>> = {
	/** Brings events in; reads nothing. */
	push: ['push'],
	/** Names, states, counts and settings without secrets; no event, row or dead letter. */
	view: ['view'],
	/** What is in events, rows and dead letters as well. */
	viewPayloads: ['view', 'viewPayloads'],
	/** Pause, resume, flush, replay, purge, test events. */
	operate: ['push', 'view', 'viewPayloads', 'operate'],
	/** Makes, changes and removes receivers and exports, and sees the secrets of what it makes. */
	develop: ['push', 'view', 'viewPayloads', 'operate', 'develop'],
	/** Accounts, keys, tokens and the audit log. */
	administer: ['push', 'view', 'viewPayloads', 'operate', 'develop', 'administer'],
};

export function holds(role: Role, scope: Scope): boolean {
	return HOLDS[role].includes(scope);
}
