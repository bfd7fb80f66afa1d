import { setTimeout as sleep } from 'node:timers/promises';
import { signBody } from '../../core/index';
import { sensorEvent, type SensorEvent } from './events';
import type { Tally } from './tally';

/** A request without an answer is sent again after this, until it has one. */
const RESEND_MS = 300;
const ANSWER_TIMEOUT_MS = 5_000;
/** Sensors hold back while this many requests have no answer, so that a host that boots is not run over. */
const MAX_UNANSWERED = 200;

export interface Simulator {
	/** Stops making events and resolves when every request has its answer, or after `waitMs`. */
	stop(waitMs: number): Promise<void>;
}

/** Pushes sensor events as Disruptive Technologies' Data Connectors do (D7–D18), `eventsPerSecond` of them, until stopped. */
export function startSimulator(
	url: string,
	secret: string,
	eventsPerSecond: number,
	tally: Tally,
): Simulator {
	const under = new Set<Promise<void>>();
	let number = 0;
	let giveUp = false;
	const timer = setInterval(() => {
		if (under.size >= MAX_UNANSWERED) return;
		const event = sensorEvent(number++);
		tally.sent(event);
		for (let copies = event.kind === 'twice' ? 2 : 1; copies > 0; copies--) {
			const pushed = push(event).finally(() => under.delete(pushed));
			under.add(pushed);
		}
	}, 1000 / eventsPerSecond);

	async function push(event: SensorEvent): Promise<void> {
		const key = event.kind === 'forged' ? `${secret} (not)` : secret;
		while (!giveUp) {
			const token = await signBody({ body: event.body, secret: key });
			try {
				const response = await fetch(url, {
					method: 'POST',
					headers: { 'content-type': 'application/json', 'x-dt-signature': token },
					body: event.body,
					signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
				});
				if (tally.answered(event, response.status, await response.text())) return;
			} catch {
				// No answer: the host is down, or it was killed with the request in flight.
			}
			await sleep(RESEND_MS);
		}
	}

	return {
		async stop(waitMs) {
			clearInterval(timer);
			const abort = new AbortController();
			await Promise.race([
				Promise.all(under),
				sleep(waitMs, undefined, { signal: abort.signal }).catch(() => {}),
			]);
			abort.abort();
			giveUp = true;
		},
	};
}
