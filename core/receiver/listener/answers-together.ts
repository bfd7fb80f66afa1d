/**
 * Answers that are ready in one turn of the event loop go out together at its end. Senders on the same machine, which proxies are, then
 * wake up once for all of them: one by one that was 40 % of what a request cost where nothing waits for a disk (bench:ingest, memoryToBare).
 */
let waiting: (() => void)[] = [];

/** @param send must not throw */
export function sendAtEndOfTurn(send: () => void): void {
	if (waiting.push(send) === 1) setImmediate(sendAll);
}

function sendAll(): void {
	const ready = waiting;
	waiting = [];
	for (const send of ready) send();
}
