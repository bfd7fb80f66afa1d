import { ConfigError } from '../errors';
import { fieldExpectation, isFieldValue, secretRule } from '../pure/scheme-description';
import type { SecretKind } from '../pure/secret-rules';
import { findScheme, SCHEMES } from '../signature/schemes/index';
import { readNumber } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** A scheme as dialogs save it: kind and fields, without secrets. Numbers may be digits; an empty text leaves it to the scheme. */
export interface SchemeSettings {
	readonly kind: string;
	readonly [field: string]: unknown;
}

/** Which kind of secret a scheme needs; undefined for none, and for a kind that is none. */
export function secretRuleOf(kind: unknown): SecretKind | undefined {
	return secretRule(findScheme(kind));
}

/**
 * Core's configuration of a scheme. What no dialog offers, such as a field that the scheme does not have, is found where schemes are
 * validated.
 *
 * @param secretsFor brings the secrets, or what stands in their place
 * @throws ConfigError naming the dialog's field and its bound; never a secret
 */
export function toScheme<Config>(
	settings: SchemeSettings,
	secretsFor: (rule: SecretKind) => readonly unknown[],
	at: SettingPath = sameName,
): Config {
	const scheme = findScheme(settings.kind);
	if (!scheme) {
		const kinds = SCHEMES.map(({ kind }) => kind).join(', ');
		throw new ConfigError(at('kind'), `one of ${kinds}`, settings.kind);
	}
	const given = Object.entries(settings).filter(([, value]) => value !== '');
	const config = Object.fromEntries(given) as Record<string, unknown>;
	for (const field of scheme.fields) {
		const { name, type } = field;
		if (type === 'secrets') {
			config[name] = secretsFor(field.rule);
			continue;
		}
		const value = config[name];
		if (value === undefined) continue;
		const read = type === 'seconds' ? readNumber(value, at(name)) : value;
		if (!isFieldValue(field, read)) throw new ConfigError(at(name), fieldExpectation(field), value);
		config[name] = read;
	}
	return config as Config;
}
