/** How long an idle connection to the own listener stays open: longer than a balancer in front keeps it (60 s is usual there). */
export const IDLE_TIMEOUT_MS = { min: 1_000, default: 75_000, max: 3_600_000 } as const;

/** The other time limits of a listener, in milliseconds. */
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
