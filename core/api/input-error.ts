/** What is wrong with an input, apart from any library, so that each dialect can say it its own way (K33–K36). */
import type * as z from 'zod/v4';
import { CoreError } from '../errors';

export interface InputIssue {
	readonly in: 'path' | 'query' | 'header' | 'body';
	readonly path: readonly (string | number)[];
	/** `length` of texts and lists, `range` of numbers, `form` of what has the right type and is none all the same. */
	readonly problem: 'missing' | 'type' | 'length' | 'range' | 'choice' | 'unknown' | 'form';
	/** In words, without what was given. */
	readonly expected: string;
	/** The bound that is passed, of `length` and `range`. */
	readonly bound?: { readonly kind: 'min' | 'max'; readonly value: number } | undefined;
	/** As it came. It may be a secret: only a dialect whose clients read it may show it. */
	readonly given: unknown;
}

/** Issues that a message tells; a list of thousands helps nobody. */
const MAX_TOLD = 10;

/** A request whose parameters or body are not what its route takes. The message tells places and bounds, nothing that was given. */
export class InputError extends CoreError {
	readonly issues: readonly InputIssue[];

	constructor(issues: readonly InputIssue[]) {
		const told = issues.slice(0, MAX_TOLD).map((issue) => `${placeOf(issue)}: ${issue.expected}`);
		const more = issues.length > MAX_TOLD ? [`and ${issues.length - MAX_TOLD} more`] : [];
		super('ERR_INPUT_INVALID', [...told, ...more].join('; '));
		this.issues = issues;
	}
}

/** `body.columns[0].name`, as K36 names places. */
export function placeOf({ in: where, path }: Pick<InputIssue, 'in' | 'path'>): string {
	return path.reduce<string>(
		(place, key) => (typeof key === 'number' ? `${place}[${key}]` : `${place}.${key}`),
		where,
	);
}

/** @throws InputError */
export function checkInput<Schema extends z.ZodType>(
	schema: Schema,
	value: unknown,
	where: InputIssue['in'],
): z.output<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw new InputError(result.error.issues.map((issue) => toIssue(issue, value, where)));
}

function toIssue(issue: z.core.$ZodIssue, value: unknown, where: InputIssue['in']): InputIssue {
	const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
	const path = [...issue.path, ...keys].map((key) => (typeof key === 'number' ? key : String(key)));
	const given = at(value, path);
	return { in: where, path, given, ...describe(issue, given) };
}

type Described = Pick<InputIssue, 'problem' | 'expected' | 'bound'>;

function describe(issue: z.core.$ZodIssue, given: unknown): Described {
	switch (issue.code) {
		case 'invalid_type':
			return missingOr(given, { problem: 'type', expected: `expected ${issue.expected}` });
		case 'invalid_value':
			return missingOr(given, {
				problem: 'choice',
				expected: `expected one of ${issue.values.map(String).join(', ')}`,
			});
		case 'invalid_union':
			return missingOr(given, { problem: 'type', expected: 'expected one of its forms' });
		case 'too_big':
		case 'too_small':
			return boundOf(issue);
		case 'unrecognized_keys':
			return { problem: 'unknown', expected: 'there is no such field' };
		case 'custom':
			return { problem: 'form', expected: issue.message };
		default:
			return { problem: 'form', expected: 'expected another form' };
	}
}

function missingOr(given: unknown, otherwise: Described): Described {
	return given === undefined ? { problem: 'missing', expected: 'is missing' } : otherwise;
}

function boundOf(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): Described {
	const isMax = issue.code === 'too_big';
	const value = Number(isMax ? issue.maximum : issue.minimum);
	const limit = `${isMax ? 'at most' : 'at least'} ${value}`;
	const bound = { kind: isMax ? 'max' : 'min', value } as const;
	switch (issue.origin) {
		case 'string':
			return { problem: 'length', expected: `expected ${limit} characters`, bound };
		case 'array':
		case 'set':
			return { problem: 'length', expected: `expected ${limit} entries`, bound };
		default:
			return { problem: 'range', expected: `expected ${limit}`, bound };
	}
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
	return path.reduce<unknown>(
		(inner, key) =>
			typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
				? (inner as Record<string | number, unknown>)[key]
				: undefined,
		value,
	);
}
