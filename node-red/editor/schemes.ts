import {
	fieldsFor,
	isFieldValue,
	isNeeded,
	ofMessages,
	secretRule,
	thatSign,
	type SchemeDescription,
} from '../../core/pure/scheme-description';
import type { SecretKind } from '../../core/pure/secret-rules';
import { grouped } from '../../core/pure/whole-number';
import { all, failures, type Verdict } from './check';
import type { EditorNode } from './red';
import { text } from './text';

/** What core/signature/schemes/index.ts lists, as plain data: scripts/build.mjs puts it here, since a browser cannot load the schemes. */
declare const SLUICE_SCHEMES: readonly SchemeDescription[];

export type Direction = 'verify' | 'sign';
export type PlainField = Exclude<SchemeDescription['fields'][number], { type: 'secrets' }>;

/** A scheme as a node saves it: kind and fields, without secrets, which are credentials. */
export interface SavedScheme {
	kind: string;
	[field: string]: unknown;
}

/** Where a scheme can be chosen: a receiver takes all, a message has no URL of its own, and a sink signs. */
export const receiverSchemes = (): readonly SchemeDescription[] => SLUICE_SCHEMES;
export const messageSchemes = (): readonly SchemeDescription[] => ofMessages(SLUICE_SCHEMES);
export const signingSchemes = (): readonly SchemeDescription[] => thatSign(SLUICE_SCHEMES);

/** The fields that a dialog shows, in their order. */
export function plainFields(
	scheme: SchemeDescription,
	direction: Direction,
): readonly PlainField[] {
	return fieldsFor(scheme, direction).filter((field) => field.type !== 'secrets');
}

export function schemeOf(kind: string | undefined): SchemeDescription | undefined {
	return SLUICE_SCHEMES.find((one) => one.kind === kind);
}

/** Which kind of secret a scheme needs; undefined for none. */
export function secretRuleOf(kind: string | undefined): SecretKind | undefined {
	return secretRule(schemeOf(kind));
}

export function fieldLabel(kind: string, name: string): string {
	return text(`scheme.${kind}.field.${name}.label`);
}

/**
 * Numbers may be saved as digit strings. An empty field leaves it to the scheme, unless it is needed.
 *
 * @param values of the other fields
 */
export function checkField(
	kind: string,
	field: PlainField,
	value: unknown,
	values: Readonly<Record<string, unknown>>,
): Verdict {
	if (value === undefined || value === '') {
		if (!isNeeded(field, values)) return true;
		return text('error.needed', { label: fieldLabel(kind, field.name) });
	}
	const isDigits = field.type === 'seconds' && typeof value === 'string' && /^\d+$/.test(value);
	if (isFieldValue(field, isDigits ? Number(value) : value)) return true;
	const label = fieldLabel(kind, field.name);
	switch (field.type) {
		case 'seconds':
			return text('error.whole', {
				label,
				min: grouped(field.min),
				max: grouped(field.max),
			});
		case 'header':
			return text('error.header', { label });
		case 'text':
			return text('error.schemeText', { label, max: field.maxLength });
		default:
			return text('error.schemeChoice', { label });
	}
}

/** All that are saved. */
export function savedSchemes(
	node: EditorNode,
	list: 'auth' | 'signatures',
): readonly SavedScheme[] {
	return (Array.isArray(node[list]) ? node[list] : []) as readonly SavedScheme[];
}

/** The one that dialogs of one scheme edit; configurations may name several. */
export function savedScheme(
	node: EditorNode,
	list: 'auth' | 'signatures',
): SavedScheme | undefined {
	return savedSchemes(node, list)[0];
}

/** Everything that is wrong with a list of schemes, as saved: true, or all messages. */
export function checkSchemes(
	value: unknown,
	direction: Direction,
	least: number,
): true | readonly string[] {
	const list: readonly unknown[] = Array.isArray(value) ? value : [];
	if (list.length < least) return [text('error.schemeKind')];
	return all(list.flatMap((saved) => checkScheme(saved, direction)));
}

function checkScheme(saved: unknown, direction: Direction): string[] {
	const { kind, ...values } = (typeof saved === 'object' && saved ? saved : {}) as SavedScheme;
	const scheme = schemeOf(kind);
	if (!scheme) return [text('error.schemeKind')];
	return failures(
		...plainFields(scheme, direction).map((field) =>
			checkField(kind, field, values[field.name], values),
		),
	);
}
