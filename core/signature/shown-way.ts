import { schemeOf, type SchemeConfig, type SchemeKind } from './schemes/index';

/** A scheme as it is configured, without its secrets. */
export interface ShownWay {
	readonly kind: SchemeKind;
	readonly [field: string]: unknown;
}

/** By what the scheme describes: what it does not, such as digests of secrets, is not shown either. */
export function shownWay(way: SchemeConfig): ShownWay {
	const values: Readonly<Record<string, unknown>> = { ...way };
	const fields = schemeOf(way).fields.filter(
		({ name, type }) => type !== 'secrets' && values[name] !== undefined,
	);
	return { kind: way.kind, ...Object.fromEntries(fields.map(({ name }) => [name, values[name]])) };
}
