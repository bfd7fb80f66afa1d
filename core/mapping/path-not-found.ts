import { HintedError } from '../jsonnet/host-function';

/** The text of K94, with a hint where the path is written in another language. */
export function pathNotFound(path: string): Error {
	return new HintedError(`path ${JSON.stringify(path)} not found in the body`, pathHint(path));
}

/** Longer ones are not looked at: they are computed. */
const MAX_HINTED_PATH = 200;

/** JSONPath, JSON Pointer, and what n8n and Node-RED call the body. */
function pathHint(path: string): string | undefined {
	if (path.length > MAX_HINTED_PATH) return undefined;
	const plain = path
		.replace(/^(\$json|msg\.payload|\$|body|payload)(?=[.[])/, '')
		.replaceAll(/\[(["'])([^\]]*)\1\]/g, '.$2')
		.replaceAll('[*]', '')
		.replaceAll('/', path.startsWith('/') ? '.' : '/')
		.replace(/^\.+/, '');
	if (path.includes('[*]')) {
		return 'A path has no wildcards: take the list and write [x.a for x in Body("list")].';
	}
	if (plain === path || plain === '') return undefined;
	return `A path begins with the first key of the body: ${JSON.stringify(plain)}.`;
}
