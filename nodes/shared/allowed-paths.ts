/** Where of this machine the nodes may write: where n8n lets its own. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { n8nFolder } from './store';

/** What n8n allows its own nodes where nothing is set. */
const ALLOWED_USUALLY = '~/.n8n-files';

/** For messages, behind a noun. */
export const WHERE_ALLOWED = `where n8n lets files be written (N8N_RESTRICT_FILE_ACCESS_TO, usually ${ALLOWED_USUALLY}), and none of n8n's own`;

/** Whether n8n lets its own nodes write there, links followed; never in its own folder. */
export function isAllowed(directory: string): boolean {
	const real = realOf(directory);
	const allowed = (process.env['N8N_RESTRICT_FILE_ACCESS_TO'] ?? ALLOWED_USUALLY)
		.split(';')
		.map((one) => one.trim())
		.filter((one) => one !== '');
	const isOpen = allowed.length === 0;
	return (isOpen || allowed.some((one) => isWithin(realOf(atHome(one)), real))) && !isOfN8n(real);
}

/** Also where n8n does not block it: its workflows and credentials are there. */
function isOfN8n(real: string): boolean {
	return isWithin(realOf(n8nFolder()), real);
}

function atHome(given: string): string {
	return given.startsWith('~') ? given.replace('~', homedir()) : given;
}

/** Links followed, as far as it is there. */
export function realOf(given: string): string {
	const resolved = path.resolve(given);
	try {
		return realpathSync(resolved);
	} catch {
		const above = path.dirname(resolved);
		return above === resolved ? resolved : path.join(realOf(above), path.basename(resolved));
	}
}

/** Itself, too. */
export function isWithin(above: string, below: string): boolean {
	const way = path.relative(above, below);
	return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}
