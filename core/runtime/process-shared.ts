/**
 * State that is shared in a process: open stores, pipelines, listeners, tokens. A host may load a release of this package several
 * times, and all copies of it meet here. Two releases in one process (n8n's community folder beside Node-RED's, an upgrade before the
 * restart) have a place each, since one does not know the classes of the other; what both want in the world outside (a directory, a
 * port) the one that came later is refused, with an error that says so.
 */
import { RELEASE } from './release';

// The only symbol of the process that this package uses (lint).
// eslint-disable-next-line no-restricted-syntax
const SHARED = Symbol.for(`sluice@${RELEASE}`);

/**
 * What all copies of this release share under a name; made by the first one that asks.
 *
 * @param name unique in this package
 * @param holder what it lasts as long as: an object of the host, or the process
 */
export function processShared<T extends object>(
	name: string,
	create: () => T,
	holder: object = globalThis,
): T {
	const place = holder as { [SHARED]?: Map<string, object> };
	const shared = (place[SHARED] ??= new Map());
	const known = shared.get(name) as T | undefined;
	if (known) return known;
	const created = create();
	shared.set(name, created);
	return created;
}
