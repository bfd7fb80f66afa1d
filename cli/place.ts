import { statSync } from 'node:fs';
import type { InspectOptions } from '../core/index';
import { EXAMPLE } from './secrets';
import { UsageError } from './usage-error';

/** What no directory is called that does not exist: it may have a password, which nobody may read in a message. */
const SECRETIVE = [/:\/\//, /password\s*=/i, /:.*@/s, /^postgres/i];

/**
 * A directory or a connection string.
 *
 * @throws UsageError; never with the place in it
 */
export function parsePlace(
	place: string,
	schema: string | undefined,
	option = '--schema',
): InspectOptions {
	if (/^postgres(ql)?:\/\//.test(place)) {
		requireReadable(place);
		const options = { kind: 'postgres', connectionString: place } as const;
		return schema === undefined ? options : { ...options, schema };
	}
	if (SECRETIVE.some((pattern) => pattern.test(place)) && !isDirectory(place)) {
		throw new UsageError(
			`not a connection string such as ${EXAMPLE}, and no directory that is there`,
		);
	}
	if (schema !== undefined) throw new UsageError(`${option} belongs to a PostgreSQL store`);
	return { kind: 'sqlite', directory: place };
}

/** A password with a "/" ends where the host would begin. */
function requireReadable(place: string): void {
	try {
		const { username, password, pathname, search, hash } = new URL(place);
		for (const part of [username, password, pathname]) decodeURIComponent(part);
		// What stands before an @ has become something else, and what is left looks like host and port.
		if (!pathname.includes('@') && !/^\?[^=]*@/.test(search) && hash === '') return;
	} catch {
		// As below.
	}
	throw new UsageError(
		`not a connection string such as ${EXAMPLE}; in a name or password, characters such as / # ? @ % ` +
			'have to be percent-encoded, as %2F %23 %3F %40 %25',
	);
}

function isDirectory(place: string): boolean {
	try {
		return statSync(place).isDirectory();
	} catch {
		return false;
	}
}
