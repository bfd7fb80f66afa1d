/**
 * Secrets of definitions that were made over an API, encrypted at rest.
 *
 * Keys are looked for when they are needed: what a host gives, else SLUICE_SECRET_KEY; an embedded store without either has a file
 * beside its directory, one in memory a key in memory, and one on PostgreSQL none, since other processes could not open what it
 * sealed. Of several keys the first seals, and all open; what a key file has sealed opens also after somebody has set a key. A key that is
 * lost or wrong is told by what needs it, and by that alone.
 */
import type { Store } from '../buffer/store';
import { CoreError } from '../errors';
import type { Logger } from '../runtime/logger';
import { memoryKeys } from './memory-key';
import { keyFileOf, makeKeyFile, readKeyFile } from './key-file';
import { openText, readSealed, sealText, type SecretPlace } from './sealed-text';
import { parseSecretKeys, secretKeyError, type SecretKey } from './secret-key';

type Keys = [SecretKey, ...SecretKey[]];

const KEY_VARIABLE = 'SLUICE_SECRET_KEY';

export interface SecretsOptions {
	readonly store: Pick<Store, 'kind' | 'directory'>;
	/** As SLUICE_SECRET_KEY, in its place. */
	readonly keys?: string | undefined;
	/** Default: that of the process. */
	readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
	readonly logger: Pick<Logger, 'warn'>;
}

export interface Secrets {
	/** @throws CoreError ERR_SECRET_KEY where there is no key to seal with */
	seal(place: SecretPlace, text: string): string;
	/** @throws CoreError ERR_SECRET_UNREADABLE; ERR_SECRET_KEY where the keys themselves cannot be read */
	open(place: SecretPlace, sealed: string): string;
	/** Whether it was sealed with the key that seals now. @throws as seal */
	isNewest(sealed: string): boolean;
}

/** Reads and makes nothing yet. */
export function openSecrets(options: SecretsOptions): Secrets {
	return new KeptSecrets(options);
}

class KeptSecrets implements Secrets {
	readonly #o: SecretsOptions;
	readonly #keyFile: string | undefined;
	/** All that this process has met, by id: what is gone from its place still opens here. */
	readonly #met = new Map<string, SecretKey>();
	/** What was in the key file. */
	#inFile: Keys | undefined;

	constructor(options: SecretsOptions) {
		this.#o = options;
		const { directory } = options.store;
		this.#keyFile = directory === undefined ? undefined : keyFileOf(directory);
	}

	seal(place: SecretPlace, text: string): string {
		return sealText(this.#newest(), place, text);
	}

	isNewest(sealed: string): boolean {
		return readSealed(sealed)?.keyId === this.#newest().id;
	}

	open(place: SecretPlace, sealed: string): string {
		const parts = readSealed(sealed);
		if (!parts) throw unreadable(place, 'it is damaged');
		const key = this.#find(parts.keyId);
		if (!key) {
			const where = this.#keyFile === undefined ? '' : ` or in ${this.#keyFile}`;
			const why = `its key ${parts.keyId} is not in ${KEY_VARIABLE}${where}`;
			throw unreadable(place, why, parts.keyId);
		}
		const text = openText(key, place, parts);
		if (text === undefined) {
			throw unreadable(place, 'it is damaged, or was sealed for another place', parts.keyId);
		}
		return text;
	}

	#find(id: string): SecretKey | undefined {
		const known = this.#met.get(id);
		if (known) return known;
		this.#meet(this.#given() ?? []);
		if (!this.#met.has(id)) this.#meet(this.#readFile() ?? []);
		if (this.#o.store.kind === 'memory') this.#meet(memoryKeys());
		return this.#met.get(id);
	}

	#newest(): SecretKey {
		const given = this.#given() ?? this.#stored();
		this.#meet(given);
		return given[0];
	}

	#given(): Keys | undefined {
		const { keys, environment = process.env } = this.#o;
		if (keys !== undefined) return parseSecretKeys(keys, 'the key of the host');
		const text = environment[KEY_VARIABLE]?.trim() ?? '';
		return text === '' ? undefined : parseSecretKeys(text, KEY_VARIABLE);
	}

	#stored(): Keys {
		const { kind, directory } = this.#o.store;
		if (kind === 'memory') return memoryKeys();
		if (this.#keyFile === undefined || directory === undefined) {
			throw secretKeyError(
				`a store on PostgreSQL keeps secrets only under a key that all of its processes share: set ${KEY_VARIABLE} to the same in each ("openssl rand -base64 32" makes one)`,
			);
		}
		const found = this.#readFile();
		if (found) return found;
		const former = this.#inFile?.map(({ text }) => text).join();
		this.#inFile = makeKeyFile(this.#keyFile, directory, former);
		if (former !== undefined) {
			this.#o.logger.warn(`the key file ${this.#keyFile} was gone; it was written again`);
		}
		return this.#inFile;
	}

	#readFile(): Keys | undefined {
		const found = this.#keyFile === undefined ? undefined : readKeyFile(this.#keyFile);
		if (found) this.#inFile = found;
		return found;
	}

	#meet(keys: readonly SecretKey[]): void {
		for (const key of keys) this.#met.set(key.id, key);
	}
}

function unreadable({ collection, id, field }: SecretPlace, why: string, keyId?: string) {
	return new CoreError(
		'ERR_SECRET_UNREADABLE',
		`the secret ${field} of "${id}" cannot be opened: ${why}; bring the key back, or fill the secret in again`,
		{ details: { collection, id, field, ...(keyId === undefined ? {} : { keyId }) } },
	);
}
