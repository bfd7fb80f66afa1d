import type { EditorNode } from './red';

const MAX_KNOWN = 500;
const TIMEOUT_MS = 10_000;

/** What the server says a path must be, by path; undefined is right. Validators cannot wait, so they look here. */
const known = new Map<string, string | undefined>();
const asked = new Map<string, Promise<void>>();

/** What is known to be wrong with the path of a receiver; undefined too while nothing is known. */
export function knownPathFault(path: string): string | undefined {
	return known.get(path);
}

/** Asks the server, which alone knows all routes of its admin API, once per path. */
export function askAboutPath(path: string): Promise<void> {
	if (path === '' || known.has(path)) return Promise.resolve();
	const running = asked.get(path) ?? ask(path).finally(() => asked.delete(path));
	asked.set(path, running);
	return running;
}

/** Has the path of a receiver checked that was loaded, imported, or closed before the answer came. */
export async function checkNodePath(node: EditorNode): Promise<void> {
	const path = String(node['path'] ?? '').trim();
	await askAboutPath(path);
	const current = RED.nodes.node(node.id);
	if (knownPathFault(path) === undefined || !current) return;
	RED.editor.validateNode(current);
	RED.view.redraw();
}

async function ask(path: string): Promise<void> {
	try {
		// Relative, so that Node-RED adds its root and the user's token.
		const answer = (await $.ajax({
			url: 'sluice/path',
			method: 'POST',
			contentType: 'application/json',
			data: JSON.stringify({ path }),
			dataType: 'json',
			timeout: TIMEOUT_MS,
		})) as { ok: boolean; message?: string };
		const [oldest] = known.keys();
		if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
		known.set(path, answer.ok ? undefined : (answer.message ?? ''));
	} catch {
		// Nothing is remembered: the next change asks again, and the deploy tells.
	}
}
