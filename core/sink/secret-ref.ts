import { ConfigError } from '../errors';
import { elementPath, joinPath } from './config-path';

/**
 * A secret by its name, in the place of its text: what holds references alone can be written, shown and stored. Names are the
 * host's, who also knows the texts.
 */
export interface SecretRef {
	/** 1 … 300 characters. */
	readonly secretRef: string;
}

/** The text of a secret, or undefined where there is none of the name; may throw a CoreError that says more. */
export type ResolveSecret = (name: string) => string | undefined;

/** The same configuration with texts in the places of its references. */
export type Resolved<T> = T extends SecretRef
	? string
	: T extends readonly (infer Item)[]
		? readonly Resolved<Item>[]
		: T extends object
			? { readonly [Name in keyof T]: Resolved<T[Name]> }
			: T;

/**
 * Fields that hold secrets, by their path: `token`; `*` is every element or name, as in `headers.*`. `always`: a text in
 * its place is refused. `maybe`: most of them are no secrets, and may be texts.
 */
export type SecretFields = Readonly<Record<string, 'always' | 'maybe'>>;

const MAX_NAME = 300;

export function isSecretRef(value: unknown): value is SecretRef {
	if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
	const { secretRef } = value as Partial<Record<'secretRef', unknown>>;
	return typeof secretRef === 'string' && secretRef !== '' && secretRef.length <= MAX_NAME;
}

/**
 * Refuses a configuration that holds a secret itself.
 *
 * @throws ConfigError naming the path, never what was found there
 */
export function requireReferences(config: object, fields: SecretFields, path: string): void {
	for (const [field, holds] of Object.entries(fields)) {
		if (holds !== 'always') continue;
		replaceAt(config, field.split('.'), path, (value, at) => {
			if (value !== undefined && !isSecretRef(value)) {
				throw new ConfigError(at, 'a reference to a secret, {"secretRef": "<its name>"}');
			}
			return value;
		});
	}
}

/**
 * Puts the texts in the places of the references. The configuration that was given stays as it is.
 *
 * @throws ConfigError naming path and reference where there is no such secret; what `resolve` throws
 */
export function resolveSecrets<Config extends object>(
	config: Config,
	fields: SecretFields,
	{ resolve, path }: { readonly resolve: ResolveSecret; readonly path: string },
): Resolved<Config> {
	let resolved: unknown = config;
	for (const [field, holds] of Object.entries(fields)) {
		resolved = replaceAt(resolved, field.split('.'), path, (value, at) => {
			if (!isSecretRef(value)) return value;
			const text = resolve(value.secretRef);
			if (text !== undefined && (text !== '' || holds === 'maybe')) return text;
			const expected = `the secret ${JSON.stringify(value.secretRef)} to be there; fill it in again`;
			throw new ConfigError(at, expected, undefined, { details: { secretRef: value.secretRef } });
		});
	}
	return resolved as Resolved<Config>;
}

/** Copies only what leads to a value that changes; places that are not there, or are no lists or objects, stay. */
function replaceAt(
	value: unknown,
	[step, ...rest]: readonly string[],
	path: string,
	replace: (value: unknown, path: string) => unknown,
): unknown {
	if (step === undefined) return replace(value, path);
	if (typeof value !== 'object' || value === null) return value;
	const isList = Array.isArray(value);
	const names = step === '*' ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : [];
	let copy: Record<string, unknown> | undefined;
	for (const name of names) {
		const before = (value as Record<string, unknown>)[name];
		const after = replaceAt(before, rest, placeOf(path, name, step === '*', isList), replace);
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
