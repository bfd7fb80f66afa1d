/** What of a body is one event. */
export interface Part {
	/** As they came. */
	readonly bytes: Uint8Array;
	/** Where they begin in the body. */
	readonly at: number;
}
