import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { listExports, type NamedExport } from '../../core/index';
import { bufferNameAmong, isFilledByWorkflows } from '../shared/action-store';
import { openPipelineFor } from '../shared/store';

/** The buffers of the node's store, for the editor's lists. */
export const listSearch = {
	searchBuffers(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
		return buffersIn(this, () => true, filter);
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
