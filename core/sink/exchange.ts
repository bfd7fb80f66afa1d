/**
 * One request of a sink and what came back, as people may see it: bounded, and without what is secret of it. Only who tests a destination
 * asks for it.
 */
export interface Exchange {
	/** Absent where there was none to make, such as without an access token. One that may not be sent is shown all the same. */
	readonly request?: {
		readonly method: string;
		/** As `redactUrl`. */
		readonly url: string;
		/** By the names that they were given; `***` in the place of what may be secret. */
		readonly headers: Readonly<Record<string, string>>;
		/** Before it was compressed. */
		readonly body: ShownBody;
	};
	/** Absent where nothing was answered. */
	readonly answer?: {
		readonly status: number;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: ShownBody;
	};
	/** Why it is no success. */
	readonly error?: { readonly code: string; readonly message: string };
	readonly durationMs: number;
}

export interface ShownBody {
	/** Of all that was sent, or read of an answer. */
	readonly bytes: number;
	/** Its begin; absent where it is empty, or no text. */
	readonly text?: string;
	/** The text is not all of it. */
	readonly isCut?: true;
}
