/** Parameters made of the schemes' descriptions, and what they say in core's words. */
import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
	fieldsFor,
	grouped,
	ofMessages,
	SCHEMES,
	secretRule,
	secretRuleOf,
	thatSign,
	toScheme,
	type Scheme,
	type SchemeField,
	type SecretKind,
	type SettingPath,
} from '../../core/index';
import { SCHEME_TEXTS } from './scheme-texts';

type Show = NonNullable<IDisplayOptions['show']>;
type Direction = 'verify' | 'sign';
type PlainField = Exclude<SchemeField, { type: 'secrets' }>;

export const messageSchemes = (): readonly Scheme[] => ofMessages(SCHEMES);
export const signingSchemes = (): readonly Scheme[] => thatSign(SCHEMES);

/** The kinds whose secret is in the signature credential. */
export function kindsWithCredential(): string[] {
	return SCHEMES.filter((scheme) => !['url', undefined].includes(secretRule(scheme))).map(
		({ kind }) => kind,
	);
}

/** The choice of a scheme, in the order of the alphabet as n8n wants it. */
export function schemeOptions(schemes: readonly Scheme[]): INodePropertyOptions[] {
	return schemes
		.map(({ kind }) => {
			const { name = kind, description = '' } = SCHEME_TEXTS[kind] ?? {};
			return { name, value: kind, description };
		})
		.toSorted((a, b) => a.name.localeCompare(b.name));
}

/**
 * One collection for each scheme that has something to set, shown while it is chosen.
 *
 * @param chooser the parameter that holds the kind; the collections are `<chooser>Options`
 */
export function schemeFields(
	schemes: readonly Scheme[],
	direction: Direction,
	{ chooser, show = {} }: { readonly chooser: string; readonly show?: Show },
): INodeProperties[] {
	return schemes.flatMap((scheme) => {
		const options = plainFields(scheme, direction)
			.map((field) => parameterOf(scheme.kind, field))
			.toSorted((a, b) => a.displayName.localeCompare(b.displayName));
		if (options.length === 0) return [];
		return {
			displayName: direction === 'verify' ? 'Authentication Options' : 'Signature Options',
			name: `${chooser}Options`,
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			noDataExpression: true,
			displayOptions: { show: { ...show, [chooser]: [scheme.kind] } },
			options,
		};
	});
}

function plainFields(scheme: Scheme, direction: Direction): PlainField[] {
	return fieldsFor(scheme, direction).filter((field) => field.type !== 'secrets');
}

function parameterOf(kind: string, field: PlainField): INodeProperties {
	const { name: displayName = field.name, description = '' } =
		SCHEME_TEXTS[kind]?.fields?.[field.name] ?? {};
	const common = { displayName, name: field.name, noDataExpression: true };
	switch (field.type) {
		case 'seconds':
			return {
				...common,
				type: 'number',
				typeOptions: { minValue: field.min, maxValue: field.max },
				default: field.fallback,
				description: `${description}, ${grouped(field.min)} to ${grouped(field.max)}`,
			};
		case 'flag':
			return { ...common, type: 'boolean', default: field.fallback, description };
		case 'choice':
			return {
				...common,
				type: 'options',
				options: field.options.map(option),
				default: field.fallback,
				description,
			};
		case 'choices':
			return {
				...common,
				type: 'multiOptions',
				options: field.options.map(option),
				default: [...field.fallback],
				description,
			};
		default:
			return { ...common, type: 'string', default: field.fallback, description };
	}
}

function option(value: string): INodePropertyOptions {
	return { name: value, value };
}

/**
 * Core's configuration of a chosen scheme.
 *
 * @param chooser the parameter that holds the kind; `values` are of the collection `<chooser>Options`
 * @throws ConfigError naming the parameter and its bound
 */
export async function readScheme<Config>(
	chooser: string,
	kind: string,
	values: unknown,
	secretsFor: (rule: SecretKind) => Promise<readonly unknown[]>,
): Promise<Config> {
	const rule = secretRuleOf(kind);
	const secrets = rule === undefined ? [] : await secretsFor(rule);
	const at: SettingPath = (name) => (name === 'kind' ? chooser : `${chooser}Options.${name}`);
	return toScheme({ ...Object(values), kind }, () => secrets, at);
}
