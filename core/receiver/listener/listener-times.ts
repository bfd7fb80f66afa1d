/** The time limits of a listener beside that of idle connections (pure/bounds), in milliseconds. */
export interface ListenerTimes {
	/** For the head of a request, from its first byte or the connection's beginning. */
	readonly headersMs: number;
	/** For a whole request. */
	readonly requestMs: number;
	/** How often the two are looked at: they are late by no more than this. Node's own 30 s would make 10 s up to 40. */
	readonly checkMs: number;
	/** How long a listener that closes waits for the requests it has. */
	readonly closeMs: number;
}

export const LISTENER_TIMES: ListenerTimes = {
	headersMs: 10_000,
	requestMs: 60_000,
	checkMs: 1_000,
	closeMs: 5_000,
};
