/** What a `sluiceStoreApi` credential says, in core's words. Pure; opens nothing. */
import path from 'node:path';
import {
	ConfigError,
	DEFAULT_SCHEMA,
	keepFree,
	postgresConnectionString,
	type StoreOptions,
} from '../../core/index';

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
	/** MB that a directory's disk is left; empty: by its size. */
	readonly keepFreeMb?: number | string;
}

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
		...keepFree(credential?.keepFreeMb),
	};
}

function connectionStringOf(credential: StoreCredential): string {
	if (credential.configurationType !== 'connectionString') {
		return postgresConnectionString(credential);
	}
	const text = credential.connectionString?.trim() ?? '';
	if (!/^postgres(ql)?:\/\//.test(text)) {
		throw new ConfigError('connectionString', 'text that begins with postgresql://');
	}
	return text;
}
