import { ReceiveError } from '../../errors';
import { configuredPath } from '../../event/path-spelling';
import type { Clock } from '../../runtime/clock';
import { errorAnswer } from '../answer';
import type { Answer } from '../request';
import type { PushHandler } from './node-http';
import { Routes, type Place } from './routes';

/** Ends a place: `gone` for good, which is a 404 at once; else it answers 503 for a while, or until somebody serves it again. */
export type LeavePlace = (o?: { readonly gone?: boolean }) => void;

/** The places of one server: who answers there, and what is said while one of them is being redeployed. */
export class Places {
	readonly #routes = new Routes<PushHandler>();
	/** Places that nobody serves for the moment, and what gives them up. */
	readonly #closing = new Map<string, () => void>();
	readonly #clock: Clock;
	readonly #comeBackMs: number;

	constructor(clock: Clock, comeBackMs: number) {
		this.#clock = clock;
		this.#comeBackMs = comeBackMs;
	}

	/** @throws ConfigError when it is none or is taken: then it names both holders */
	add(place: Place, handler: PushHandler, holder: { readonly label: string }): LeavePlace {
		const key = configuredPath(place.path ?? place.prefix);
		this.#closing.get(key)?.();
		const remove = this.#routes.add(place, handler, holder);
		let hasLeft = false;
		return ({ gone = false } = {}) => {
			if (hasLeft) return;
			hasLeft = true;
			remove();
			if (!gone) this.#keep(key, place, holder);
		};
	}

	/** @param path as `requestPath` gives it */
	find(path: string): PushHandler | undefined {
		return this.#routes.find(path);
	}

	/** Gives up what is kept for those who might come back. */
	close(): void {
		for (const giveUp of this.#closing.values()) giveUp();
	}

	#keep(key: string, place: Place, holder: { readonly label: string }): void {
		const remove = this.#routes.add(place, async () => notReady(), holder);
		const cancel = this.#clock.after(this.#comeBackMs, () => giveUp());
		const giveUp = (): void => {
			cancel();
			remove();
			this.#closing.delete(key);
		};
		this.#closing.set(key, giveUp);
	}
}

/** The answer while a receiver starts, redeploys, closes, or cannot start. */
export function notReady(): Answer {
	return errorAnswer(
		new ReceiveError('ERR_RECEIVER_CLOSING', 'the receiver is not ready; try again'),
	);
}
