import type { StoreStats } from '../buffer/store';
import { CoreError, type ErrorCode } from '../errors';
import type { Sample } from '../metrics/prometheus-text';
import type { Watched } from '../receiver/listener/watched';
import { systemClock, type Clock } from '../runtime/clock';
import { downSamples, metricSamples } from './metric-samples';
import type { Operable } from './operable';
import { takeSnapshot } from './snapshot';

/** How long a store may take to answer whoever asks for readiness or metrics. */
const ANSWER_MS = 2_000;

/**
 * What a listener's own paths tell of a pipeline. What is asked for is bounded in time: a store that hangs is one that is not there.
 *
 * @param pipeline rejects where it cannot be opened; one that is still being opened is awaited for that long
 * @param o.key tells the stores of a listener apart, also one that cannot be opened; shown to nobody
 */
export function watchPipeline(
	pipeline: () => Promise<Operable>,
	{ key, clock = systemClock }: { readonly key: string; readonly clock?: Clock },
): Watched {
	let storeId = 'unknown';
	return {
		key,
		async reasons() {
			const stats = await inTime(
				clock,
				pipeline().then(({ store }) => store.stats()),
			);
			return stats instanceof Error ? [reasonOf(stats)] : reasonsOf(stats);
		},
		async samples(): Promise<readonly Sample[]> {
			const snapshot = await inTime(
				clock,
				pipeline().then((on) => takeSnapshot(on, { clock })),
			);
			if (snapshot instanceof Error) return downSamples(storeId);
			({ storeId } = snapshot.store);
			return metricSamples(snapshot);
		},
	};
}

/** By which error pushes are refused now. What a store warns of does not refuse them, and may be true until the next restart. */
function reasonsOf({ freeBytes, minFreeBytes }: StoreStats): readonly ErrorCode[] {
	const isFull = freeBytes !== undefined && minFreeBytes !== undefined && freeBytes < minFreeBytes;
	return isFull ? ['ERR_BUFFER_FULL'] : [];
}

function reasonOf(error: Error): ErrorCode {
	return error instanceof CoreError ? error.code : 'ERR_STORE_UNAVAILABLE';
}

/** The answer, or why there is none. */
function inTime<T>(clock: Clock, answer: Promise<T>): Promise<T | Error> {
	return new Promise((resolve) => {
		const cancel = clock.after(ANSWER_MS, () => resolve(new Error('no answer in time')));
		answer.then(resolve, (error: unknown) =>
			resolve(error instanceof Error ? error : new Error('no answer')),
		);
		void answer.catch(() => {}).then(cancel);
	});
}
