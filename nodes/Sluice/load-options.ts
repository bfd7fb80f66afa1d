import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { bufferNameAmong, isFilledByWorkflows, listBuffers } from '../shared/action-store';
import { openPipelineFor } from '../shared/store';

/** The buffers of the node's store, for the editor's lists. */
export const loadOptions = {
	getBuffers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return buffersIn(this, () => true);
	},
	getItemBuffers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return buffersIn(this, isFilledByWorkflows);
	},
	async getBuffersOrNone(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return [{ name: 'None', value: '' }, ...(await buffersIn(this, () => true))];
	},
};

/** The value is the short name where only one has it, since that is what people type and other workflows keep. */
async function buffersIn(
	context: ILoadOptionsFunctions,
	takes: (one: Awaited<ReturnType<typeof listBuffers>>[number]) => boolean,
): Promise<INodePropertyOptions[]> {
	const hold = await openPipelineFor(context);
	try {
		const all = await listBuffers(hold.pipeline.store);
		const ids = all.map(({ exportId }) => exportId);
		const some = all.filter(takes);
		return some
			.map(({ exportId, id, label }) => ({
				name: label,
				value:
					some.filter((other) => other.id === id).length === 1
						? id
						: bufferNameAmong(exportId, ids),
				description: bufferNameAmong(exportId, ids),
			}))
			.sort((a, b) => a.name.localeCompare(b.name));
	} finally {
		hold.release();
	}
}
