/**
 * The paths that belong to Node-RED's editor and admin API. With default settings receivers share its root, and a receiver that
 * answers `/flows` swallows every deploy: so admin routes always win, and such a path is refused.
 *
 * By the first segment below `httpAdminRoot`, any method and letter case (Express ignores both here): coarser than the routes, but
 * it can be said in a sentence, and the applications that Node-RED mounts there do not show their routes.
 */
import type { NodeAPI } from 'node-red';
import { adminRoot, settingsOf } from './http-roots';

/** Node-RED's own, of all releases supported; a test compares them with the sources of the one installed. */
export const ADMIN_SEGMENTS: readonly string[] = [
	'auth',
	'comms',
	'context',
	'credentials',
	'debug',
	'diagnostics',
	'favicon.ico',
	'flow',
	'flows',
	'icons',
	'inject',
	'library',
	'locales',
	'nodes',
	'plugins',
	'projects',
	'red',
	'resources',
	'settings',
	'theme',
	'types',
	'udp-ports',
	'vendor',
];

/** The first segment of receivers without a path of their own; what the dialogs ask the server lies there as well. */
const SHARED_SEGMENT = 'sluice';

const MAX_ANSWERS = 1_000;

interface Layer {
	readonly route?: { readonly path?: unknown };
	/** Of what is mounted; Express 4 alone has it. */
	readonly regexp?: RegExp & { fast_slash?: boolean };
}
interface Routed {
	readonly parent?: Routed;
	readonly _router?: { readonly stack: readonly Layer[] };
	readonly router?: { readonly stack: readonly Layer[] };
}

/** Answers whether a path, with its root, is Node-RED's own; also for routes that other nodes add to the admin API later. */
export function createAdminRoutes(RED: NodeAPI): (path: string) => boolean {
	const admin = RED.httpAdmin as unknown as Routed | undefined;
	let known = -1;
	let knownRoot = '';
	let prefixes = new Set<string>();
	// Each push is asked about, and most have the path of the one before.
	const answers = new Map<string, boolean>();
	const refresh = (): void => {
		const stacks = [stackOf(admin), stackOf(admin?.parent)];
		const layers = stacks.reduce((sum, stack) => sum + stack.length, 0);
		if (layers === known) return;
		known = layers;
		answers.clear();
		prefixes = new Set([...ADMIN_SEGMENTS, ...stacks.flat().flatMap(prefixOf)]);
	};
	return (path) => {
		const root = adminRoot(RED);
		if (root === undefined) return false;
		refresh();
		if (root !== knownRoot || answers.size >= MAX_ANSWERS) answers.clear();
		knownRoot = root;
		const answered = answers.get(path);
		if (answered !== undefined) return answered;
		const answer = (path.includes('%') ? [path, decoded(path)] : [path]).some((one) => {
			const below = belowRoot(one.toLowerCase(), root.toLowerCase());
			if (below === undefined) return false;
			const [first = '', second = ''] = below.split('/').filter((segment) => segment !== '');
			if (first === '') return settingsOf(RED)['disableEditor'] !== true;
			return prefixes.has(first) || prefixes.has(`${first}/${second}`);
		});
		answers.set(path, answer);
		return answer;
	};
}

function stackOf(app: Routed | undefined): readonly Layer[] {
	return (app?._router ?? app?.router)?.stack ?? [];
}

/** The first segment of a route, if it is a literal; parameters and middleware for everything reserve nothing. */
function prefixOf({ route, regexp }: Layer): string[] {
	const paths = route ? [route.path].flat() : [regexp];
	return paths.flatMap((path) => {
		const text = path instanceof RegExp ? path.source.replace(/^\^|\\/g, '') : String(path ?? '');
		const [, first, second] = /^\/([\w.~-]+)(?:\/([\w.~-]+))?/.exec(text) ?? [];
		if (first === undefined) return [];
		const [one, two] = [first.toLowerCase(), second?.toLowerCase()];
		if (one !== SHARED_SEGMENT) return [one];
		return two === undefined ? [] : [`${one}/${two}`];
	});
}

/** The rest of a path behind a root, with its slash; undefined where it lies elsewhere. */
function belowRoot(path: string, root: string): string | undefined {
	if (root === '/') return path;
	if (path === root) return '/';
	return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

function decoded(path: string): string {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
