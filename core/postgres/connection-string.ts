import { checkWhole } from '../check-value';
import { ConfigError } from '../errors';
import { PORT } from '../pure/bounds';

/** Where a PostgreSQL is, as people fill in forms. */
export interface PostgresPlace {
	/** Name, address, or the folder of a socket. */
	readonly host?: string | undefined;
	/** 1 … 65,535; default 5432. */
	readonly port?: number | string | undefined;
	readonly database?: string | undefined;
	readonly user?: string | undefined;
	readonly password?: string | undefined;
	/** Default disable. `require` checks the certificate, `noVerify` does not. */
	readonly ssl?: string | undefined;
}

/** pg's words: its `require` will one day mean what libpq means by it, which checks nothing. */
const SSL_MODES: Readonly<Record<string, string>> = {
	disable: 'disable',
	require: 'verify-full',
	noVerify: 'no-verify',
};

/**
 * The connection string of `openStore`, written as pg reads it: user and password are decoded wholly, the database only where a
 * path may not hold the character.
 *
 * @throws ConfigError naming the field; never with the password
 */
export function postgresConnectionString(place: PostgresPlace): string {
	const { host = '', user = '', password = '', database = '', ssl = 'disable' } = place;
	const port = Number(place.port === undefined || place.port === '' ? 5432 : place.port);
	for (const [name, value] of Object.entries({ host, user, database })) {
		if (value.trim() === '') throw new ConfigError(name, 'at least 1 character', value);
	}
	checkWhole(port, 'port', PORT);
	if (/[?#]/.test(database)) throw new ConfigError('database', 'a name without ? and #', database);
	const mode = Object.hasOwn(SSL_MODES, ssl) ? SSL_MODES[ssl] : undefined;
	if (mode === undefined) throw new ConfigError('ssl', 'disable, require or noVerify', ssl);
	const login = `${encodeURIComponent(user.trim())}:${encodeURIComponent(password)}`;
	const at = addressOf(host.trim());
	const query = new URLSearchParams({ ...at.query, sslmode: mode });
	return `postgresql://${login}@${at.host}:${port}/${encodeURI(database.trim())}?${query}`;
}

/** @throws ConfigError naming the path; never with the string in it, which has a password */
export function checkConnectionString(connectionString: unknown, path: string): string {
	const expected = 'a connection string such as postgres://user:password@host:5432/database';
	if (typeof connectionString !== 'string' || !/^postgres(ql)?:\/\//.test(connectionString)) {
		throw new ConfigError(path, expected);
	}
	try {
		new URL(connectionString);
	} catch {
		throw new ConfigError(path, expected);
	}
	return connectionString;
}

/** The folder of a socket goes behind the question mark, an IPv6 address into brackets. */
function addressOf(host: string): { host: string; query: Record<string, string> } {
	if (host.startsWith('/')) return { host: 'localhost', query: { host } };
	return { host: host.includes(':') && !host.startsWith('[') ? `[${host}]` : host, query: {} };
}
