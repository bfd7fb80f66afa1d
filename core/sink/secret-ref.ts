import { ConfigError } from '../errors';
import { redactUrl } from '../pure/redact-url';
import { elementPath, joinPath } from '../config-path';

/**
 * A secret by its name, in the place of its text: what holds references alone can be written, shown and stored. Names are the
 * host's, who also knows the texts.
 */
export interface NamedSecret {
	/** 1 … 300 characters. */
	readonly secretRef: string;
	/** What people may see of it, such as the host of a URL. */
	readonly shown?: string | undefined;
}

/** A secret that lies here, encrypted (core/secrets). */
export interface SealedSecret {
	readonly sealed: string;
	/** As that of a name. */
	readonly shown?: string | undefined;
}

/** What stands in the place of a secret. */
export type SecretRef = NamedSecret | SealedSecret;

/** The text of a secret, or undefined where there is none of the name; may throw a CoreError that says more. */
export type ResolveSecret = (name: string) => string | undefined;

/** The text of a sealed secret. @param field its place, as `SecretSpot.field` @throws CoreError where it cannot be opened */
export type OpenSecret = (sealed: string, field: string) => string;

/** Where the texts come from; default: there are none. */
export interface SecretSources {
	readonly resolveSecret?: ResolveSecret | undefined;
	readonly openSecret?: OpenSecret | undefined;
}

/** The same configuration with texts in the places of its references. */
export type Resolved<T> = T extends SecretRef
	? string
	: T extends readonly (infer Item)[]
		? readonly Resolved<Item>[]
		: T extends object
			? { readonly [Name in keyof T]: Resolved<T[Name]> }
			: T;

/** The same configuration, in which texts may stand in the places of references. */
export type WithTexts<T> = T extends SecretRef
	? T | string
	: T extends readonly (infer Item)[]
		? readonly WithTexts<Item>[]
		: T extends object
			? { readonly [Name in keyof T]: WithTexts<T[Name]> }
			: T;

/**
 * Fields that hold secrets, by their path: `token`; `*` is every element or name, as in `headers.*`. `always`: a text in
 * its place is refused. `maybe`: most of them are no secrets, and may be texts. `url`: a URL, which is one where `redactUrl` hides
 * anything of it.
 */
export type SecretFields = Readonly<Record<string, 'always' | 'maybe' | 'url'>>;

/** A place where a secret may be. */
export interface SecretSpot {
	/** For messages. */
	readonly path: string;
	/** The same as a JSON pointer (RFC 6901). */
	readonly field: string;
	readonly holds: SecretFields[string];
}

const MAX_NAME = 300;
const MAX_SHOWN = 2_048;
/** With room for a certificate with its key. */
const MAX_SEALED = 200_000;

export function isSecretRef(value: unknown): value is SecretRef {
	if (typeof value !== 'object' || value === null) return false;
	const { shown, ...rest } = value as Readonly<Record<string, unknown>>;
	if (shown !== undefined && !isText(shown, MAX_SHOWN)) return false;
	const [name, ...others] = Object.keys(rest);
	if (others.length > 0) return false;
	if (name === 'secretRef') return isText(rest[name], MAX_NAME);
	return name === 'sealed' && isText(rest[name], MAX_SEALED);
}

/** Whether a text in such a place is to be kept as a secret. */
export function isSecretText(holds: SecretFields[string], text: string): boolean {
	return holds !== 'url' || redactUrl(text) !== text;
}

/** What people may see of a secret. */
export function shownOf(holds: SecretFields[string], text: string): { readonly shown?: string } {
	return holds === 'url' ? { shown: redactUrl(text).slice(0, MAX_SHOWN) } : {};
}

/**
 * Refuses a configuration that holds a secret itself.
 *
 * @throws ConfigError naming the path, never what was found there
 */
export function requireReferences(config: object, fields: SecretFields, path: string): void {
	mapSecrets(config, fields, path, (value, { holds, path: at }) => {
		if (holds === 'always' && value !== undefined && !isSecretRef(value)) {
			throw new ConfigError(at, 'a reference to a secret, {"secretRef": "<its name>"}');
		}
		return value;
	});
}

/**
 * Puts the texts in the places of the references. The configuration that was given stays as it is.
 *
 * @throws ConfigError naming path and reference where there is no such secret; what the sources throw
 */
export function resolveSecrets<Config extends object>(
	config: Config,
	fields: SecretFields,
	{ resolveSecret, openSecret, path }: SecretSources & { readonly path: string },
): Resolved<Config> {
	return mapSecrets(config, fields, path, (value, { holds, path: at, field }) => {
		if (!isSecretRef(value)) return value;
		if ('sealed' in value) {
			if (openSecret) return openSecret(value.sealed, field);
			throw new ConfigError(at, 'a secret itself, or its reference');
		}
		const text = resolveSecret?.(value.secretRef);
		if (text !== undefined && (text !== '' || holds === 'maybe')) return text;
		const expected = `the secret ${JSON.stringify(value.secretRef)} to be there; fill it in again`;
		throw new ConfigError(at, expected, undefined, { details: { secretRef: value.secretRef } });
	}) as Resolved<Config>;
}

/** Replaces what is in the places of secrets, in a copy. @param path of the configuration, with which also the fields of its spots begin */
export function mapSecrets(
	config: unknown,
	fields: SecretFields,
	path: string,
	replace: (value: unknown, spot: SecretSpot) => unknown,
): unknown {
	return Object.entries(fields).reduce(
		(mapped, [field, holds]) =>
			replaceAt(mapped, field.split('.'), { path, field: pointer('', path), holds }, replace),
		config,
	);
}

/** Copies only what leads to a value that changes; places that are not there, or are no lists or objects, stay. */
function replaceAt(
	value: unknown,
	[step, ...rest]: readonly string[],
	spot: SecretSpot,
	replace: (value: unknown, spot: SecretSpot) => unknown,
): unknown {
	if (step === undefined) return replace(value, spot);
	if (typeof value !== 'object' || value === null) return value;
	const isList = Array.isArray(value);
	const names = step === '*' ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : [];
	let copy: Record<string, unknown> | undefined;
	for (const name of names) {
		const before = (value as Record<string, unknown>)[name];
		const path = placeOf(spot.path, name, step === '*', isList);
		const at = { ...spot, path, field: pointer(spot.field, name) };
		const after = replaceAt(before, rest, at, replace);
		if (after === before) continue;
		copy ??= (isList ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
		// Not by assignment: a header named `__proto__` is data.
		Object.defineProperty(copy, name, {
			value: after,
			enumerable: true,
			writable: true,
			configurable: true,
		});
	}
	return copy ?? value;
}

function placeOf(path: string, name: string, isAny: boolean, isList: boolean): string {
	if (isList) return `${path}[${name}]`;
	return isAny ? elementPath(path, name) : joinPath(path, name);
}

function pointer(above: string, name: string): string {
	return `${above}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isText(value: unknown, maxLength: number): boolean {
	return typeof value === 'string' && value !== '' && value.length <= maxLength;
}
