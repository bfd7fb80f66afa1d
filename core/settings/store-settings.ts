import path from 'node:path';
import type { StoreOptions } from '../buffer/open-store';
import {
	checkConnectionString,
	postgresConnectionString,
	type PostgresPlace,
} from '../postgres/connection-string';
import { keepFree } from '../buffer/stores/sqlite/check-options';
import { DEFAULT_SCHEMA } from '../pure/schema-name';

/** Of the dialogs of stores; how they are used is told in buffer-settings.ts. Texts are trimmed, and empty ones are absent. */
export interface StoreSettings extends PostgresPlace {
	/** Default sqlite. */
	readonly kind?: StoreOptions['kind'] | undefined;
	/** Of a sqlite store, its directory; where it is relative, below the folder of the host. */
	readonly directory?: string | undefined;
	/** Whole MB that stay free on its disk; empty: the store decides. */
	readonly keepFreeMb?: number | string | undefined;
	/** Of PostgreSQL, in the place of host, port, database, user, password and ssl. */
	readonly connectionString?: string | undefined;
	readonly schema?: string | undefined;
}

/** Where a host keeps its stores. */
export interface StoreFolder {
	/** Relative directories are below it. */
	readonly folder: string;
	/** Of a store that names no directory. */
	readonly directory: string;
	/** Of a memory store: who names the same shares it. */
	readonly name: string;
}

/** @throws ConfigError naming the dialog's field; never with a password */
export function toStore(settings: StoreSettings, host: StoreFolder): StoreOptions {
	switch (settings.kind) {
		case 'memory':
			return { kind: 'memory', name: host.name };
		case 'postgres':
			return {
				kind: 'postgres',
				connectionString: connectionStringOf(settings),
				schema: settings.schema?.trim() || DEFAULT_SCHEMA,
			};
		default: {
			const directory = settings.directory?.trim();
			return {
				kind: 'sqlite',
				directory: directory ? path.resolve(host.folder, directory) : host.directory,
				...keepFree(settings.keepFreeMb),
			};
		}
	}
}

function connectionStringOf({ connectionString, ...place }: StoreSettings): string {
	if (connectionString === undefined) return postgresConnectionString(place);
	return checkConnectionString(connectionString.trim(), 'connectionString');
}
