import type { Batch, Outcome, Row } from '../buffer/store';
import { dropTooOld } from '../delivery/max-age';
import { planNextAttempt } from '../delivery/next-attempt';
import { trySink } from '../delivery/try-sink';
import { BufferError, ConfigError, CoreError } from '../errors';
import { refuseDeepBody } from '../event/body';
import type { Event } from '../event/event';
import { resolveHealth } from '../health/resolve-health';
import { TRIAL_TIMEOUT_MS } from '../pure/bounds';
import type { Clock } from '../runtime/clock';
import type { Exchange } from '../sink/exchange';
import type { AttachedExport } from './attached-export';
import { testBatch } from './test-batch';

/**
 * What would become of one event in an export, as it is attached now.
 *
 * - delivered: it was taken
 * - again: it was not, and would come again: after `againInMs`, or once the export is resumed (`gone`)
 * - dead: it was not, and would be put aside; also an event that does not fit the columns
 * - refused: it does not fit the columns, and whoever sends it would be told so
 * - leftOut: by the filter
 * - brokenOff: the trial was, by its own time limit or by whoever asked for it
 */
export interface Trial {
	readonly became: 'delivered' | 'again' | 'dead' | 'refused' | 'leftOut' | 'brokenOff';
	/** Until the next attempt, without jitter. */
	readonly againInMs?: number;
	readonly error?: { readonly code: string; readonly message: string };
	/** The endpoint wants no more (410), or takes nothing until something is changed there: what would become of the export. */
	readonly gone?: 'pause' | 'disable';
	/** What was sent, and what came back; absent where nothing was sent. */
	readonly exchange?: Exchange;
}

/**
 * Takes one event the way of a delivery, in a batch of its own by a sink of its own: filter, mapping, and all that the sink does. Nothing
 * is stored or counted, no gate is asked. The batch has an idempotency key and an event id that no other has, and the row id 0,
 * which no row has.
 *
 * @param o.signal breaks it off
 * @throws ConfigError for an export whose batches go to the flow; BufferError ERR_EXPORT_UNKNOWN for one that is not delivered here;
 *   ReceiveError for an event that no receiver takes
 */
export async function tryDelivery(
	export_: AttachedExport,
	event: Event,
	{ clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
): Promise<Trial> {
	if (!export_.isEndpoint) {
		throw new ConfigError('exportId', 'a buffer that is forwarded to a URL', export_.id);
	}
	refuseDeepBody(event);
	const rendered = render(export_, event);
	if (!('row' in rendered)) return rendered;
	let shown: { readonly exchange?: Exchange } = {};
	const sink = export_.trialSink?.((exchange) => (shown = { exchange }));
	if (!sink) {
		throw new BufferError('ERR_EXPORT_UNKNOWN', `"${export_.id}" is not delivered by this process`);
	}
	const late = new AbortController();
	const cancel = clock.after(TRIAL_TIMEOUT_MS, () => late.abort());
	const ended = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
	try {
		const batch = testBatch(export_, [{ ...rendered.row, rowId: 0 }], rendered.row.eventId);
		const attempt = {
			number: 1,
			startedAt: clock.now(),
			signal: ended,
			permit: async () => 'granted' as const,
			onRequest: () => {},
		};
		const raw = await trySink(sink, batch, attempt, clock);
		if (ended.aborted && raw.kind !== 'ack') return { became: 'brokenOff', ...shown };
		return { ...(await whatBecomes(raw, batch, export_, clock.now())), ...shown };
	} finally {
		cancel();
		await sink.close?.();
	}
}

/** The row, or what becomes of an event that has none. */
function render(export_: AttachedExport, event: Event): { readonly row: Row } | Trial {
	try {
		const rendered = export_.render(event);
		if (!rendered) return { became: 'leftOut' };
		if (!('error' in rendered)) return { row: rendered.row };
		return { became: 'dead', error: brief(rendered.error) };
	} catch (error) {
		if (!(error instanceof CoreError)) throw error;
		return { became: 'refused', error: brief(error) };
	}
}

/** As the delivery decides it: by the schedule and the age, of a first attempt. */
async function whatBecomes(
	raw: Outcome,
	batch: Batch,
	{ config }: AttachedExport,
	now: number,
): Promise<Trial> {
	const { retry } = config;
	const planned = planNextAttempt(raw, batch, { retry, now, random: 0.5 });
	const { maxAgeMs } = retry;
	const outcome = maxAgeMs === undefined ? planned : await dropTooOld(planned, batch, maxAgeMs);
	if (outcome.kind === 'ack') return { became: 'delivered' };
	if (outcome.kind === 'release') return { became: 'brokenOff' };
	const { action } = resolveHealth(config, { isEndpoint: true }).giveUp;
	const isGone = outcome.answer?.asksToDisable === true && action !== 'nothing';
	const isPaused = 'pause' in raw && raw.pause === true;
	const gone = isPaused ? 'pause' : isGone ? action : undefined;
	const why = { error: brief(outcome.error), ...(gone ? { gone } : {}) };
	// What is paused by itself keeps its rows.
	if (gone === 'pause') return { became: 'again', ...why };
	const at = outcome.kind === 'retry' ? outcome.at : undefined;
	if (at === undefined) return { became: 'dead', ...why };
	return { became: 'again', againInMs: Math.max(0, at - now), ...why };
}

function brief({ code, message }: CoreError): { code: string; message: string } {
	return { code, message };
}
