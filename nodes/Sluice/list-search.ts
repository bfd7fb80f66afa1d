import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { listDefinitions, listExports, type NamedExport } from '../../core/index';
import { bufferNameAmong, isFilledByWorkflows } from '../shared/action-store';
import { openPipelineFor } from '../shared/store';

/** The buffers of the node's store, for the editor's lists. */
export const listSearch = {
	searchBuffers(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return buffersIn(this, () => true, filter);
	},
	/** Those that the store knows; only those that run in this process have anything to tell. */
	async searchReceivers(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
		const hold = await openPipelineFor(this);
		try {
			const { good } = await listDefinitions(hold.pipeline.store.documents, 'receiver');
			const results = good
				.map(({ definition: { id, holder } }) => ({ name: holder?.label ?? id, value: id }))
				.filter(({ name, value }) =>
					`${name} ${value}`.toLowerCase().includes(filter.toLowerCase()),
				)
				.sort((a, b) => a.name.localeCompare(b.name));
			return { results };
		} finally {
			hold.release();
		}
	},
	searchItemBuffers(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return buffersIn(this, isFilledByWorkflows, filter);
	},
};

/** People read `<workflow> / <node> / <name>`; the node keeps the full name, which stays the same when those are renamed. */
async function buffersIn(
	context: ILoadOptionsFunctions,
	takes: (one: NamedExport) => boolean,
	filter = '',
): Promise<INodeListSearchResult> {
	const hold = await openPipelineFor(context);
	try {
		const all = await listExports(hold.pipeline);
		const ids = all.map(({ exportId }) => exportId);
		const wanted = filter.toLowerCase();
		const results = all
			.filter(takes)
			.map(({ exportId, label }) => ({ name: label, value: bufferNameAmong(exportId, ids) }))
			.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted))
			.sort((a, b) => a.name.localeCompare(b.name));
		return { results };
	} finally {
		hold.release();
	}
}
