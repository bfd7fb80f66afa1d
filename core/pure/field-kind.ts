/** What a type of fields takes. Values are those of JSON, their numbers as `exact-number.ts` has them; never null. */
export interface FieldKind {
	/** Whether it is one as it is, which strict asks. */
	readonly takes: (value: unknown) => boolean;
	/** The value as it is stored, the same where nothing has to change; undefined for what cannot be converted. */
	readonly convert: (value: unknown) => unknown;
	/** What `takes` takes, in words for whoever pushes. */
	readonly expected: string;
	/** What `convert` takes. */
	readonly convertible: string;
}
