/** A receiver that is the dataset ds/realtime, its records in a table of a file of SQLite, and the push API over it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ApiCore } from '../../../core/api/api-core';
import { opendatasoftPush } from '../../../core/api/opendatasoft/push-dialect';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import { presetReceiver } from '../../../core/settings/preset-receiver';
import { anExportInput, HOLDER, pipelineWorld, RecordingSink } from '../pipeline-fixtures';
import { readTable } from '../read-table';
import { openApiWorld } from './api-world';

export const PUSH_KEY = '0123456789abcdef0123456789abcdef0123456789abcdef01234567';
export const PUSH = '/api/push/1.0/ds/realtime';

/** As the dialogs make it. */
export function datasetReceiver(o: Partial<ReceiverInput> = {}): ReceiverInput {
	const preset = presetReceiver({ preset: 'opendatasoft', secrets: [PUSH_KEY] });
	return { id: 'r1', ...preset, dataset: { id: 'ds' }, ...o };
}

const jsonnet = (content: string) => ({ language: 'jsonnet', content }) as const;

export async function openDataset(schema: ReceiverInput['schema'] = {}) {
	const directory = await mkdtemp(path.join(tmpdir(), 'sluice-dataset-'));
	const file = path.join(directory, 'table.db');
	const world = await pipelineWorld();
	const flow = new RecordingSink();
	const conditions = { count: 1, time: '1h', size: '10MB' } as const;
	const table = {
		config: anExportInput({
			conditions,
			order: 'strict',
			columns: [
				{ type: 'recordId', name: 'id', primaryKey: true },
				{ type: 'path', name: 'k', path: 'k' },
				{ type: 'path', name: 'v', path: 'v' },
			],
		}),
		sink: {
			kind: 'table',
			database: 'db',
			table: 'records',
			columns: [{ name: 'v', type: 'number' }],
		},
		ports: { databases: () => ({ kind: 'sqlite', file }) as const },
	} as const;
	const columns = [
		{ type: 'template', name: 'does', template: jsonnet('Operation()') },
		{ type: 'path', name: 'v', path: 'v' },
	] as const;
	const mapped = { config: anExportInput({ id: 'mapped', conditions, columns }) };
	const filter = { condition: jsonnet('Operation() == "push"') };
	const pushes = { config: anExportInput({ id: 'pushes', conditions, filter }) };
	const whole = { config: anExportInput({ id: 'flow', conditions }), ports: { sink: flow } };
	await world.pipeline.attachReceiver(
		datasetReceiver({ schema }),
		[table, whole, mapped, pushes],
		HOLDER,
	).ready;
	const api = await openApiWorld(opendatasoftPush, { pipeline: world.pipeline } as ApiCore);
	return {
		world,
		api,
		/** What the flow got. */
		flow: () => flow.batches.flatMap(({ records }) => records as Record<string, unknown>[]),
		table: () => readTable(file, 'SELECT k, v FROM records ORDER BY k'),
		ids: () => readTable(file, 'SELECT id FROM records ORDER BY k').map(({ id }) => String(id)),
		call: async (method: string, tail: string, body?: unknown) => {
			const init = body === undefined ? {} : { body: JSON.stringify(body) };
			const response = await api.call(method, `${PUSH}${tail}?pushkey=${PUSH_KEY}`, init);
			return `${response.status} ${await response.text()}`;
		},
		async close() {
			await api.close();
			await world.close();
			await rm(directory, { recursive: true, force: true });
		},
	};
}
