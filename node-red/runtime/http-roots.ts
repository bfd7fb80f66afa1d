import type { NodeAPI } from 'node-red';

/** What is used of an Express application; one that is mounted on another knows where. */
export interface MountedApp {
	readonly parent?: MountedApp;
	path?(): string;
}

/** Where the nodes' routes begin, e.g. `/api`; `/` by default. */
export function nodeRoot(RED: NodeAPI): string {
	return joinPath(String(settingsOf(RED)['httpNodeRoot'] ?? '/'));
}

/**
 * Where the editor and the admin API begin; undefined where they are switched off. An application that embeds Node-RED may mount
 * them elsewhere than its settings say: then the mount counts.
 */
export function adminRoot(RED: NodeAPI): string | undefined {
	const root = settingsOf(RED)['httpAdminRoot'];
	if (root === false) return undefined;
	// The nodes' part is mounted on the admin application, and that on the server's.
	const admin = (RED.httpAdmin as unknown as MountedApp | undefined)?.parent;
	const mounted = admin?.parent ? admin.path?.() : undefined;
	return joinedOnce(mounted ?? String(root ?? '/'));
}

/** Each push asks for it. */
const joined = new Map<string, string>();

function joinedOnce(root: string): string {
	let path = joined.get(root);
	if (path === undefined) {
		path = joinPath(root);
		joined.set(root, path);
	}
	return path;
}

/** One path of parts that may begin or end with slashes; without one at its end, but for `/` itself. */
export function joinPath(...parts: string[]): string {
	return `/${parts.join('/')}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}

export function settingsOf(RED: NodeAPI): Record<string, unknown> {
	return RED.settings as unknown as Record<string, unknown>;
}
