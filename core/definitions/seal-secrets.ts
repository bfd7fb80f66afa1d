/**
 * Secrets of what is put over an API: sealed before it is stored, shown as references with a fingerprint, opened where it is attached.
 *
 * In the place of a secret an API may give its text, or what it was shown (`{"secretRef": "sealed:<fingerprint>"}`), which leaves it as
 * it is, also in another place of the same definition; names of the host's own secrets are left to the host. A secret that did not
 * change is not sealed again, so that a definition that did not change is not written.
 */
import type { Documents } from '../buffer/documents';
import { CoreError, ConfigError } from '../errors';
import { readSealed } from '../secrets/sealed-text';
import type { Secrets } from '../secrets/open-secrets';
import { secretFieldsOf, type SinkConfig } from '../sink/create-sink';
import {
	isSecretRef,
	isSecretText,
	mapSecrets,
	shownOf,
	type NamedSecret,
	type OpenSecret,
	type SealedSecret,
	type SecretFields,
	type SecretSpot,
	type WithTexts,
} from '../sink/secret-ref';
import { listDefinitions, type Listed } from './list-definitions';
import { mapSecretsOf } from './map-secrets-of';
import { DEFINED, type AnyDefinition, type DefinitionKind } from './definition';
import { AUTH_SECRETS, HANDSHAKE_SECRETS } from './stored-receiver';

/** UTF-8 bytes of a secret: room for certificates and their keys. */
const MAX_SECRET_BYTES = 65_536;
/** Begins the name by which a sealed secret is shown. */
export const SHOWN = 'sealed:';

interface DefinitionName {
	readonly kind: DefinitionKind;
	readonly id: string;
}

/** Opens what is sealed in a definition. */
export function openerOf(secrets: Secrets, { kind, id }: DefinitionName): OpenSecret {
	return (sealed, field) => secrets.open({ collection: DEFINED[kind], id, field }, sealed);
}

/** @param former its definition, if there is one @throws ConfigError naming the path; CoreError ERR_SECRET_KEY, ERR_SECRET_UNREADABLE */
export function sealReceiver<Receiver extends { id: string; auth: unknown; handshake?: unknown }>(
	secrets: Secrets,
	receiver: Receiver,
	former?: AnyDefinition,
): Receiver {
	const { id, auth, handshake } = receiver;
	const name = { kind: 'receiver', id } as const;
	const sealed = {
		auth: seal(secrets, { name, path: 'auth', fields: AUTH_SECRETS }, auth, former),
		...(handshake === undefined
			? {}
			: {
					handshake: seal(
						secrets,
						{ name, path: 'handshake', fields: HANDSHAKE_SECRETS },
						handshake,
						former,
					),
				}),
	};
	return { ...receiver, ...sealed };
}

/** As sealReceiver. */
export function sealSink(
	secrets: Secrets,
	id: string,
	sink: WithTexts<SinkConfig>,
	former?: AnyDefinition,
): SinkConfig {
	const name = { kind: 'export', id } as const;
	const within: Within = { name, path: 'sink', fields: secretFieldsOf(sink) };
	return seal(secrets, within, sink, former) as SinkConfig;
}

/** Why something that is sealed in a definition cannot be opened; undefined where all of it can. */
export function sealFault(secrets: Secrets, definition: AnyDefinition): CoreError | undefined {
	const open = openerOf(secrets, definition);
	try {
		for (const [field, { sealed }] of sealedIn(definition)) open(sealed, field);
		return undefined;
	} catch (error) {
		if (error instanceof CoreError) return error;
		throw error;
	}
}

/** The same, sealed with the newest key; the same object where nothing had to be. @throws CoreError ERR_SECRET_KEY, ERR_SECRET_UNREADABLE */
export function sealAgain<One extends AnyDefinition>(secrets: Secrets, definition: One): One {
	const { kind, id } = definition;
	return mapSealed(definition, (value, { field }) => {
		if (secrets.isNewest(value.sealed)) return value;
		const place = { collection: DEFINED[kind], id, field };
		return { ...value, sealed: secrets.seal(place, secrets.open(place, value.sealed)) };
	});
}

/** All definitions of a kind, as people and APIs may see them. */
export async function listShown<Kind extends DefinitionKind>(
	documents: Documents,
	kind: Kind,
): Promise<Listed<Kind>> {
	const { good, bad } = await listDefinitions(documents, kind);
	const shown = good.map((one) => ({ ...one, definition: shownDefinition(one.definition) }));
	return { good: shown, bad };
}

/** As people and APIs may see it: with references in the places of secrets. */
export function shownDefinition<One extends AnyDefinition>(definition: One): One {
	return mapSealed(definition, shownSecret);
}

/** As `shownDefinition`, with the texts of what was sealed here, where they can be opened: for those alone who may see them. */
export function openedDefinition<One extends AnyDefinition>(
	secrets: Secrets,
	definition: One,
): One {
	const open = openerOf(secrets, definition);
	return mapSealed(definition, (value, { field }) => {
		try {
			return open(value.sealed, field);
		} catch (error) {
			// One whose key is gone hides no other.
			if (error instanceof CoreError) return shownSecret(value);
			throw error;
		}
	});
}

function shownSecret({ sealed, shown }: SealedSecret): NamedSecret {
	return {
		secretRef: `${SHOWN}${readSealed(sealed)?.fingerprint ?? 'damaged'}`,
		...(shown === undefined ? {} : { shown }),
	};
}

interface Within {
	readonly name: DefinitionName;
	readonly path: 'auth' | 'handshake' | 'sink';
	readonly fields: SecretFields;
}

function seal(
	secrets: Secrets,
	{ name, path, fields }: Within,
	given: unknown,
	former: AnyDefinition | undefined,
): unknown {
	const { kind, id } = name;
	const known = former ? sealedIn(former) : new Map<string, SealedSecret>();
	const placeOf = (field: string) => ({ collection: DEFINED[kind], id, field });
	const sealHere = (text: string, { field, holds }: SecretSpot): SealedSecret => {
		const here = known.get(field);
		if (here && secrets.isNewest(here.sealed) && isSame(secrets, placeOf(field), here, text)) {
			return here;
		}
		return { sealed: secrets.seal(placeOf(field), text), ...shownOf(holds, text) };
	};
	return mapSecrets(given, fields, path, (value, spot) => {
		if (typeof value === 'string' && isSecretText(spot.holds, value)) {
			requireSealable(value, spot.path);
			return sealHere(value, spot);
		}
		if (!isSecretRef(value)) return value;
		if ('sealed' in value) throw new ConfigError(spot.path, EXPECTED);
		if (!value.secretRef.startsWith(SHOWN)) return value;
		const fingerprint = value.secretRef.slice(SHOWN.length);
		const found = [...known].find(([, { sealed }]) => isOf(sealed, fingerprint));
		if (!found) throw new ConfigError(spot.path, EXPECTED);
		const [field, { sealed }] = found;
		return sealHere(secrets.open(placeOf(field), sealed), spot);
	});
}

const EXPECTED =
	'a secret itself, or the reference by which this definition shows one that it has now';

function requireSealable(text: string, path: string): void {
	if (!text.isWellFormed()) throw new ConfigError(path, 'a text without halves of characters');
	const bytes = Buffer.byteLength(text);
	if (bytes > MAX_SECRET_BYTES) {
		throw new ConfigError(path, `a secret of at most ${MAX_SECRET_BYTES} bytes`, bytes);
	}
}

function isSame(
	secrets: Secrets,
	place: Parameters<Secrets['open']>[0],
	{ sealed }: SealedSecret,
	text: string,
): boolean {
	try {
		return secrets.open(place, sealed) === text;
	} catch (error) {
		// It is sealed anew.
		if (error instanceof CoreError) return false;
		throw error;
	}
}

function isOf(sealed: string, fingerprint: string): boolean {
	return readSealed(sealed)?.fingerprint === fingerprint;
}

/** By their fields. */
function sealedIn(definition: AnyDefinition): ReadonlyMap<string, SealedSecret> {
	const found = new Map<string, SealedSecret>();
	mapSealed(definition, (value, { field }) => {
		found.set(field, value);
		return value;
	});
	return found;
}

function mapSealed<One extends AnyDefinition>(
	definition: One,
	replace: (value: SealedSecret, spot: SecretSpot) => unknown,
): One {
	return mapSecretsOf(definition, (one, spot) =>
		isSecretRef(one) && 'sealed' in one ? replace(one, spot) : one,
	);
}
