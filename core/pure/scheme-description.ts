/**
 * What a signature scheme asks of a person, as plain data: core checks configurations by it, the dialogs of both hosts are made of
 * it, and a test holds texts and docs against it. The schemes themselves are in core/signature/schemes.
 */
import { isHeaderName, MAX_HEADER_NAME } from './header-name';
import type { SecretKind } from './secret-rules';
import { isWhole, wholeExpectation } from './whole-number';

export type SchemeField = {
	/** As it stands in the configuration; texts and labels are found by kind and name. */
	readonly name: string;
	/** Which direction reads it. */
	readonly use: 'verify' | 'sign' | 'both';
} & (
	| {
			/** Several are valid while senders change over; the first one signs. Hosts bring them from where they keep secrets. */
			readonly type: 'secrets';
			readonly rule: SecretKind;
			readonly max: number;
	  }
	| { readonly type: 'header'; readonly fallback: string }
	/** Whole. */
	| {
			readonly type: 'seconds';
			readonly min: number;
			readonly max: number;
			readonly fallback: number;
	  }
	| { readonly type: 'flag'; readonly fallback: boolean }
	/** One line; `never`: texts that it may not be. `needed`: it may not be empty, always or where another field contains a text. */
	| {
			readonly type: 'text';
			readonly maxLength: number;
			readonly fallback: string;
			readonly never?: readonly string[];
			readonly needed?: true | { readonly where: string; readonly contains: string };
	  }
	| { readonly type: 'choice'; readonly options: readonly string[]; readonly fallback: string }
	/** At least one of them. */
	| {
			readonly type: 'choices';
			readonly options: readonly string[];
			readonly fallback: readonly string[];
	  }
);

export interface SchemeDescription {
	/** Kebab case, for good: configurations are saved with it. */
	readonly kind: string;
	/** In the order to show them; the ones that hold secrets first. */
	readonly fields: readonly SchemeField[];
	/** Whoever pushes is let in: receivers take it alone. */
	readonly isOpen?: true;
	/** The last segment of the path is the sender's secret: hosts serve one segment more, and no event carries it. */
	readonly isSecretInUrl?: true;
	/** A sink can sign with it, too. */
	readonly canSign: boolean;
}

/** Whether a value may stand in a field; secrets have rules of their own (secret-rules.ts). Absent is for the caller to judge. */
export function isFieldValue(
	field: Exclude<SchemeField, { type: 'secrets' }>,
	value: unknown,
): boolean {
	switch (field.type) {
		case 'header':
			return isHeaderName(value);
		case 'seconds':
			return isWhole(value, field);
		case 'flag':
			return typeof value === 'boolean';
		case 'text':
			return (
				typeof value === 'string' &&
				value.length >= 1 &&
				value.length <= field.maxLength &&
				!/[\p{Cc}\p{Cs}]/u.test(value) &&
				!field.never?.includes(value)
			);
		case 'choice':
			return typeof value === 'string' && field.options.includes(value);
		case 'choices':
			return (
				Array.isArray(value) &&
				value.length > 0 &&
				value.every((one: unknown) => typeof one === 'string' && field.options.includes(one))
			);
	}
}

/**
 * Whether a field may not stay empty, by what the others hold. What else a scheme wants of several fields together is found where it
 * validates.
 */
export function isNeeded(field: SchemeField, values: Readonly<Record<string, unknown>>): boolean {
	const needed = field.type === 'text' ? field.needed : undefined;
	if (needed === undefined || needed === true) return needed === true;
	const other = values[needed.where];
	return typeof other === 'string' && other.includes(needed.contains);
}

/** What a field takes, in words. */
export function fieldExpectation(field: Exclude<SchemeField, { type: 'secrets' }>): string {
	switch (field.type) {
		case 'header':
			return `the name of a header, at most ${MAX_HEADER_NAME} characters`;
		case 'seconds':
			return wholeExpectation(field);
		case 'flag':
			return 'true or false';
		case 'text': {
			const but = field.never ? `, but not ${field.never.join(', ')}` : '';
			return `a text of 1 to ${field.maxLength} characters${but}`;
		}
		case 'choice':
			return `one of ${field.options.join(', ')}`;
		case 'choices':
			return `at least one of ${field.options.join(', ')}`;
	}
}

/** Which kind of secret a scheme needs; undefined for none. */
export function secretRule(scheme: SchemeDescription | undefined): SecretKind | undefined {
	const field = scheme?.fields.find(({ type }) => type === 'secrets');
	return field?.type === 'secrets' ? field.rule : undefined;
}

/** Those by which a message or item can be verified: it has no URL of its own. */
export function ofMessages<S extends SchemeDescription>(schemes: readonly S[]): readonly S[] {
	return schemes.filter(({ isOpen, isSecretInUrl }) => !isOpen && !isSecretInUrl);
}

/** Those by which a sink can sign. */
export function thatSign<S extends SchemeDescription>(schemes: readonly S[]): readonly S[] {
	return schemes.filter(({ canSign }) => canSign);
}

/** Fields that a direction reads. */
export function fieldsFor(
	{ fields }: SchemeDescription,
	direction: 'verify' | 'sign',
): readonly SchemeField[] {
	return fields.filter(({ use }) => use === 'both' || use === direction);
}
