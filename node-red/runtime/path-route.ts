import type { NodeAPI } from 'node-red';
import { ConfigError, processShared } from '../../core/index';
import { checkPath } from './ingest';

/** A process may hold more than one Node-RED. */
function served(): WeakSet<object> {
	return processShared('path-checks', () => new WeakSet());
}

export type PathAnswer = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** `POST sluice/path` of the admin API: what is wrong with the path of a receiver, for its dialog. It alone knows all admin routes. */
export function servePathCheck(RED: NodeAPI): void {
	if (served().has(RED.httpAdmin)) return;
	served().add(RED.httpAdmin);
	RED.httpAdmin.post(
		'/sluice/path',
		RED.auth.needsPermission('flows.read'),
		(request, response) => {
			const { path } = Object(request.body) as { path?: unknown };
			const answer = answerOf(RED, path);
			response.status(answer ? 200 : 400).json(answer ?? { ok: false, message: 'expected a path' });
		},
	);
}

function answerOf(RED: NodeAPI, path: unknown): PathAnswer | undefined {
	if (typeof path !== 'string') return undefined;
	try {
		checkPath(RED, path);
		return { ok: true };
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return { ok: false, message: String(error.details['expected'] ?? error.message) };
	}
}
