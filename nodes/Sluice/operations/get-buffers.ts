import { ConfigError, takeSnapshot, type Snapshot } from '../../../core/index';
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
				: limitOf(context.getNodeParameter('limit', index, 50));
			return all.slice(0, limit).map((json) => ({ json }));
		}),
	);

function shown(snapshot: Snapshot) {
	return snapshot.exports.map((one) => shownBuffer(one, snapshot));
}

function limitOf(value: unknown): number {
	if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000) return Number(value);
	throw new ConfigError('limit', 'a whole number from 1 to 1000', value);
}
