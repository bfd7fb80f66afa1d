import { takeSnapshot } from '../../../core/index';
import { eachItem, withPipeline, type Operation } from '../run';
import { shownBuffer } from '../shown';

/** What the store holds, as numbers; one item for each that comes in. */
export const status: Operation = (context) =>
	withPipeline(context, async (open) =>
		eachItem(context, async () => {
			const snapshot = await takeSnapshot(await open());
			const { store, receivers, exports } = snapshot;
			return [
				{
					json: {
						store: { ...store, warnings: [...store.warnings] },
						receivers: receivers.map((one) => ({ ...one })),
						buffers: exports.map((one) => shownBuffer(one, snapshot)),
					},
				},
			];
		}),
	);
