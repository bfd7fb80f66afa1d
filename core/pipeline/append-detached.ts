import { BufferError } from '../errors';
import type { Event } from '../event/event';
import { appendItems } from './append-events';
import { compileExport } from './attached-export';
import { renderItems } from './attached-receiver';
import { findKept } from './kept-export';
import type { Pipeline } from './open-pipeline';

/**
 * Puts items of the flow into an export that nobody holds here, by the configuration that the store keeps: its rows wait for
 * whoever attaches it. Unlike `attachExport` without a sink it holds nothing, so that it is in nobody's way.
 *
 * @throws BufferError (ERR_EXPORT_UNKNOWN when the store does not know it, ERR_BUFFER_FULL, …), and what `add` throws
 */
export async function appendDetached(
	pipeline: Pick<Pipeline, 'store' | 'claimDue'>,
	exportId: string,
	events: readonly Event[],
): Promise<void> {
	const known = await pipeline.store.getExport(exportId);
	if (!known) {
		throw new BufferError('ERR_EXPORT_UNKNOWN', `the store has no buffer "${exportId}"`);
	}
	const export_ = compileExport(known, undefined);
	export_.mappingRevision = known.mappingRevision;
	export_.keptIn = await findKept(pipeline.store, known);
	// It may have been attached in between.
	const claimDue = () => pipeline.claimDue();
	await appendItems(pipeline.store, known.receiverId, renderItems(export_, events), claimDue);
}
