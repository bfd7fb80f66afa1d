import { ConfigError } from '../errors';
import { fieldExpectation, isFieldValue, type SchemeField } from '../pure/scheme-description';
import { findScheme, SCHEMES, type SchemeConfig } from './schemes/index';
import type { AnySchemeConfig, Scheme } from './schemes/scheme';
import { validateSecret } from './validate-secret';

const MAX_SCHEMES = 10;

/** Whether something else stands in the place of a secret, such as a reference that is resolved later. */
export type IsStandIn = (value: unknown) => boolean;

/**
 * Refuses a list of schemes that lets everybody in by mistake, or nobody.
 *
 * @param path of the list, for messages
 * @throws ConfigError naming path and bound, never a secret
 */
export function validateAuth(auth: unknown, path: string): asserts auth is readonly SchemeConfig[] {
	if (!Array.isArray(auth) || auth.length < 1 || auth.length > MAX_SCHEMES) {
		const expected = `1 to ${MAX_SCHEMES} ways to authenticate ("none" must be named)`;
		throw new ConfigError(path, expected);
	}
	const schemes = auth.map((way: unknown, index) =>
		validateScheme(way, `${path}[${index}]`, 'verify'),
	);
	const open = schemes.find(({ isOpen }) => isOpen);
	if (open && schemes.length > 1) {
		throw new ConfigError(path, `"${open.kind}" alone, since it lets everybody in`);
	}
}

/**
 * Refuses a list of schemes that a sink cannot sign with, all of them at once. Empty signs nothing.
 *
 * @param path of the list, for messages
 * @returns the headers that they set, lower case
 * @throws ConfigError naming path and bound, never a secret
 */
export function validateSignatures(
	signatures: unknown,
	path: string,
	isStandIn?: IsStandIn,
): readonly string[] {
	if (!Array.isArray(signatures) || signatures.length > MAX_SCHEMES) {
		throw new ConfigError(path, `a list of at most ${MAX_SCHEMES} signatures`);
	}
	const taken: string[] = [];
	for (const [index, signature] of (signatures as unknown[]).entries()) {
		const place = `${path}[${index}]`;
		const scheme = validateScheme(signature, place, 'sign', isStandIn);
		if (!scheme.canSign) throw unknownKind(place, 'sign', scheme.kind);
		const headers = scheme.signedHeaders?.(signature as AnySchemeConfig) ?? [];
		const twice = headers.find((name) => taken.includes(name.toLowerCase()));
		if (twice !== undefined) {
			throw new ConfigError(place, 'a header that no other signature sets', twice);
		}
		taken.push(...headers.map((name) => name.toLowerCase()));
	}
	return taken;
}

function validateScheme(
	config: unknown,
	path: string,
	direction: 'verify' | 'sign',
	isStandIn?: IsStandIn,
): Scheme {
	// Anything else may be a secret in a wrong place.
	if (!isObject(config)) throw unknownKind(path, 'verify');
	const scheme = findScheme(config['kind']);
	if (!scheme) throw unknownKind(path, 'verify', config['kind']);
	const names = ['kind', ...scheme.fields.map(({ name }) => name)];
	const stranger = Object.keys(config).find((name) => !names.includes(name));
	if (stranger !== undefined) {
		throw new ConfigError(`${path}.${stranger.slice(0, 60)}`, `one of ${names.join(', ')}`);
	}
	for (const field of scheme.fields) {
		validateField(field, config[field.name], `${path}.${field.name}`, isStandIn);
	}
	scheme.validate?.(config as unknown as AnySchemeConfig, path, direction);
	return scheme;
}

function validateField(
	field: SchemeField,
	value: unknown,
	path: string,
	isStandIn: IsStandIn = () => false,
): void {
	if (field.type !== 'secrets') {
		if (value === undefined || isFieldValue(field, value)) return;
		throw new ConfigError(path, fieldExpectation(field), value);
	}
	if (!Array.isArray(value) || value.length < 1 || value.length > field.max) {
		throw new ConfigError(path, `1 to ${field.max} secrets`);
	}
	for (const [index, secret] of (value as unknown[]).entries()) {
		if (!isStandIn(secret)) validateSecret(field.rule, secret, `${path}[${index}]`);
	}
}

function unknownKind(path: string, direction: 'verify' | 'sign', kind?: unknown): ConfigError {
	const kinds = SCHEMES.filter(({ canSign }) => direction === 'verify' || canSign).map(
		(scheme) => scheme.kind,
	);
	return new ConfigError(`${path}.kind`, `one of ${kinds.join(', ')}`, kind);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
