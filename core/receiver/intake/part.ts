import type { Admitted } from './authenticate';

/** What of a body is one event, as JSON. */
export interface Part {
	/** As they came, or as they were written here of what is no JSON. */
	readonly bytes: Uint8Array;
	/** Where they begin in the body. */
	readonly at: number;
}

/** What a body is split into. */
export interface Parts {
	readonly parts: readonly Part[];
	/** What the events have of the request, which says what the parts are and not what the body was. */
	readonly admitted: Admitted;
	/** Checks a part that was read, and tells where it comes from. @throws ReceiveError */
	readonly sourceOf?: (value: unknown) => string;
}
