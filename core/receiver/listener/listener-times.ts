/** The time limits of a listener beside that of idle connections (pure/bounds), in milliseconds. */
export interface ListenerTimes {
	/** For the head of a request, from its first byte or the connection's beginning; for the handshake of TLS as well. */
	readonly headersMs: number;
	/** For a whole request. */
	readonly requestMs: number;
	/** Without a byte in either direction: for senders that take no answers. Longer than a handler may take. */
	readonly silentMs: number;
	/** How often the first two are looked at: they are late by no more than this. Node's own 30 s would make 10 s up to 40. */
	readonly checkMs: number;
	/** How long a listener that closes waits for the requests it has. */
	readonly closeMs: number;
	/** How long a place answers 503 after whoever served it has gone: a redeploy takes milliseconds. */
	readonly comeBackMs: number;
	/** How often certificates of files are looked at. */
	readonly certificatesMs: number;
}

export const LISTENER_TIMES: ListenerTimes = {
	headersMs: 10_000,
	requestMs: 60_000,
	silentMs: 120_000,
	checkMs: 1_000,
	closeMs: 5_000,
	comeBackMs: 10_000,
	certificatesMs: 10_000,
};
