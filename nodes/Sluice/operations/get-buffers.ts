import { checkWhole, PAGE, takeSnapshot, type Snapshot } from '../../../core/index';
import { onBuffer } from '../choices';
import { eachItem, withPipeline, type Operation } from '../run';
import { shownBuffer } from '../shown';

/** How one buffer stands. */
export const getBuffer: Operation = onBuffer(async ({ pipeline, exportId }) => {
	const snapshot = await takeSnapshot(pipeline);
	return shown(snapshot).filter((_, index) => snapshot.exports[index]?.exportId === exportId);
});

/** An item for each buffer of the store. */
export const getBuffers: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async (index) => {
			const all = shown(await takeSnapshot(await open()));
			const limit = context.getNodeParameter('returnAll', index, true)
				? all.length
				: checkWhole(context.getNodeParameter('limit', index, PAGE.fallback), 'limit', PAGE);
			return all.slice(0, limit).map((json) => ({ json }));
		}),
	);

function shown(snapshot: Snapshot) {
	return snapshot.exports.map((one) => shownBuffer(one, snapshot));
}
