import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	holdPipeline,
	type ExportInput,
	type Pipeline,
	type PipelineHold,
} from '../../../core/index';
import { closeIdlePipelines } from '../../../core/pipeline/hold-pipeline';
import { defaultDirectory } from '../../../nodes/shared/store';
import { RecordingSink } from '../../support/pipeline-fixtures';

/** An n8n folder of its own, with the default store in it, and what a Trigger of a published workflow would hold. */
export interface N8nFolder {
	readonly folder: string;
	readonly pipeline: Pipeline;
	/** As the Trigger `<workflow id>:<node id>` does it; resolves when attached. */
	publish(
		key: string,
		name: string,
		o?: Partial<ExportInput> & { pushed?: boolean },
	): Promise<{ sink: RecordingSink; unpublish: () => Promise<void> }>;
	close(): Promise<void>;
}

export async function n8nFolder(): Promise<N8nFolder> {
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'sluice-n8n-')));
	const former = process.env['N8N_USER_FOLDER'];
	process.env['N8N_USER_FOLDER'] = folder;
	const hold: PipelineHold = await holdPipeline({
		store: { kind: 'sqlite', directory: defaultDirectory() },
	});
	const { pipeline } = hold;
	return {
		folder,
		pipeline,
		async publish(key, name, { pushed = false, ...config } = {}) {
			const sink = new RecordingSink();
			const holder = { key, label: `workflow / ${name}` };
			const input: ExportInput = {
				id: name,
				receiverId: pushed ? key : `items:${key}`,
				conditions: { count: 1_000, time: '1h', size: '5MB' },
				retry: { delaysMs: [3_600_000], jitter: 0 },
				...config,
			};
			const attachment = pushed
				? pipeline.attachReceiver(
						{ id: key, auth: [{ kind: 'none' }] },
						[{ config: input, ports: { sink } }],
						holder,
					)
				: pipeline.attachExport({ config: input, ports: { sink } }, holder);
			await attachment.ready;
			return { sink, unpublish: () => attachment.detach() };
		},
		async close() {
			hold.release();
			await closeIdlePipelines();
			if (former === undefined) delete process.env['N8N_USER_FOLDER'];
			else process.env['N8N_USER_FOLDER'] = former;
			await rm(folder, { recursive: true, force: true });
		},
	};
}
