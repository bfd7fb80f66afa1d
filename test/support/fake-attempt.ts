import type { Attempt } from '../../core/sink/sink';

/** A first attempt whose every request is allowed. */
export function fakeAttempt(given: Partial<Attempt> = {}): Attempt {
	return {
		number: 1,
		startedAt: 0,
		signal: new AbortController().signal,
		permit: async () => 'granted',
		onRequest: () => {},
		...given,
	};
}
