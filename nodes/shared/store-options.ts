/** What a `sluiceStoreApi` credential says, in core's words. Pure; opens nothing. */
import path from 'node:path';
import { ConfigError, type StoreOptions } from '../../core/index';

/** As saved. A credential from before there was a choice has a directory alone. */
export interface StoreCredential {
	readonly kind?: 'directory' | 'postgres';
	readonly directory?: string;
	readonly configurationType?: 'values' | 'connectionString';
	readonly connectionString?: string;
	readonly host?: string;
	readonly port?: number | string;
	readonly database?: string;
	readonly user?: string;
	readonly password?: string;
	readonly ssl?: 'disable' | 'require' | 'noVerify';
	readonly schema?: string;
}

export const DEFAULT_SCHEMA = 'sluice';

/** `require` checks the certificate, as n8n's own credential does: pg's word for that is verify-full. */
const SSL_MODES = { disable: 'disable', require: 'verify-full', noVerify: 'no-verify' } as const;

/**
 * @param credential undefined: none is chosen
 * @param n8nFolder where relative directories start, and the default one is
 * @throws ConfigError naming the field; never with the password
 */
export function storeOptions(
	credential: StoreCredential | undefined,
	n8nFolder: string,
): StoreOptions {
	if (credential?.kind === 'postgres') {
		return {
			kind: 'postgres',
			connectionString: connectionStringOf(credential),
			schema: credential.schema?.trim() || DEFAULT_SCHEMA,
		};
	}
	const directory = credential?.directory?.trim();
	return {
		kind: 'sqlite',
		// Beside n8n's own data, never in the package folder, which an update replaces (N35).
		directory: directory
			? path.resolve(n8nFolder, directory)
			: path.join(n8nFolder, 'sluice', 'default'),
	};
}

function connectionStringOf(credential: StoreCredential): string {
	if (credential.configurationType !== 'connectionString') return fromValues(credential);
	const text = credential.connectionString?.trim() ?? '';
	if (!/^postgres(ql)?:\/\//.test(text)) {
		throw new ConfigError('connectionString', 'text that begins with postgresql://');
	}
	return text;
}

/** As pg reads it: it decodes user and password wholly, the database only where a path may not hold the character. */
function fromValues(credential: StoreCredential): string {
	const { host = '', user = '', password = '', database = '', ssl = 'disable' } = credential;
	const port = Number(credential.port ?? 5432);
	for (const [name, value] of Object.entries({ host, user, database })) {
		if (value.trim() === '') throw new ConfigError(name, 'at least 1 character', value);
	}
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new ConfigError('port', 'a whole number from 1 to 65535', credential.port);
	}
	if (/[?#]/.test(database)) throw new ConfigError('database', 'a name without ? and #', database);
	const mode = SSL_MODES[ssl];
	if (mode === undefined) throw new ConfigError('ssl', 'disable, require or noVerify', ssl);
	const login = `${encodeURIComponent(user.trim())}:${encodeURIComponent(password)}`;
	const place = placeOf(host.trim());
	const query = new URLSearchParams({ ...place.query, sslmode: mode });
	return `postgresql://${login}@${place.host}:${port}/${encodeURI(database.trim())}?${query}`;
}

/** The folder of a socket goes behind the question mark, an IPv6 address into brackets. */
function placeOf(host: string): { host: string; query: Record<string, string> } {
	if (host.startsWith('/')) return { host: 'localhost', query: { host } };
	return { host: host.includes(':') && !host.startsWith('[') ? `[${host}]` : host, query: {} };
}
