import { ConfigError } from '../../errors';
import type { ExportState } from '../../config';
import type { Trial } from '../../pipeline/trial';
import { systemClock, type Clock } from '../../runtime/clock';
import { requireExport, type Operable } from '../operable';
import { trialText } from '../trial-text';
import { givenEvent, type GivenEvent } from './given-event';

/** What a destination was tested with, and what came of it. */
export interface Tested extends Trial {
	readonly exportId: string;
	/** `became` in a sentence, and what of the buffer keeps it from delivering now. */
	readonly says: string;
	/** Of the buffer: one that is not active delivers nothing but tests. */
	readonly state: ExportState;
}

export interface TestOptions extends GivenEvent {
	/** Breaks it off. */
	readonly signal?: AbortSignal | undefined;
	/** Default the system's. */
	readonly clock?: Clock | undefined;
}

/**
 * Sends one event to the destination of a buffer, by the configuration that is attached now: through its filter and mapping, signed,
 * with its credentials, proxy and address rules. Request and answer are shown without secrets; nothing is stored, nothing is counted,
 * and the breaker, rates and a pause hold up nothing. It ends after a minute.
 *
 * @throws ConfigError for a sample that is none, for both, and for a buffer that goes to the flow; BufferError ERR_EXPORT_UNKNOWN for one
 *   that this process does not deliver; ReceiveError for an event that no receiver takes
 */
export async function testDelivery(
	on: Operable,
	exportId: string,
	{ signal, clock = systemClock, ...given }: TestOptions = {},
): Promise<Tested> {
	const { state } = await requireExport(on, exportId);
	const event = givenEvent(given, clock.now());
	if (!on.tryDelivery) {
		throw new ConfigError(
			'exportId',
			'a buffer of a host that runs: its test is made there',
			exportId,
		);
	}
	const trial = await on.tryDelivery(exportId, event, signal);
	return { exportId, state, says: trialText(trial, state), ...trial };
}
