import { readFileSync } from 'node:fs';
import type { Capability } from '../run-cases';

/** One case of `test/cases/field.json`; `about` in that file explains the fields. */
export interface FieldCase {
	readonly id: string;
	readonly area: string;
	readonly source: string;
	readonly input: Readonly<Record<string, unknown>>;
	readonly expected: unknown;
	readonly got: unknown;
	readonly verdict: 'fail' | 'limitation' | 'planned';
	readonly waitsFor?: Capability;
	readonly ours?: { readonly expected: unknown; readonly why: string };
	readonly note: string;
}

/** Checks of cases by the id of the case; each runs the input of its case on the product and asserts what should happen. */
export type FieldChecks = Readonly<Record<string, (one: FieldCase) => void | Promise<void>>>;

export const FIELD_CASES = (
	JSON.parse(readFileSync(new URL('../../cases/field.json', import.meta.url), 'utf8')) as {
		cases: readonly FieldCase[];
	}
).cases;
