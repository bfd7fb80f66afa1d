/** What a `sluiceStoreApi` credential says, in core's words. Pure; opens nothing. */
import path from 'node:path';
import { toStore, type StoreOptions, type StoreSettings } from '../../core/index';

/** As saved. A credential from before there was a choice has a directory alone. */
export interface StoreCredential extends Omit<StoreSettings, 'kind'> {
	readonly kind?: 'directory' | 'postgres';
	readonly configurationType?: 'values' | 'connectionString';
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
	const { kind, configurationType, connectionString = '', ...settings } = credential ?? {};
	return toStore(
		{
			...settings,
			kind: kind === 'postgres' ? 'postgres' : 'sqlite',
			...(configurationType === 'connectionString' ? { connectionString } : {}),
		},
		{
			folder: n8nFolder,
			// Beside n8n's own data, never in the package folder, which an update replaces (N35).
			directory: path.join(n8nFolder, 'sluice', 'default'),
			name: 'default',
		},
	);
}
