/** The dataset ds/realtime, made over an API, with both APIs of Opendatasoft over it. */
import type { Role } from '../../../core/api/access/roles';
import { opendatasoftAutomation } from '../../../core/api/opendatasoft/automation-dialect';
import { opendatasoftPush } from '../../../core/api/opendatasoft/push-dialect';
import { apiCore } from '../../../core/api/open-api';
import { recordIdOf } from '../../../core/mapping/columns/record-id';
import { decodeEvent } from '../../../core/event/codec';
import { exactBody } from '../../../core/event/body';
import type { ExportInput } from '../../../core/pipeline/parse-export';
import type { ReceiverInput } from '../../../core/pipeline/parse-receiver';
import { anExportInput, RecordingSink } from '../pipeline-fixtures';
import { DefinitionWorld } from '../definition-world';
import { anAccount, openApiWorld } from './api-world';
import { datasetReceiver, PUSH_KEY } from './dataset-world';

export const RESOURCE = '/api/automation/v1.0/datasets/ds/resources/realtime';

export const KEEP = { ageMs: 3_600_000, bytes: 1_048_576 } as const;

const callerWith = (role: Role, project = 'default') => ({
	...anAccount,
	grants: [{ project, role }],
});

export async function openResource(o: Partial<ExportInput> = {}) {
	const world = await DefinitionWorld.open('memory');
	const flow = new RecordingSink();
	/** What a table would hold. */
	const destination = new Map<string, unknown>();
	flow.next = async (batch) => {
		for await (const rows of batch.rows()) {
			for (const { payload, operation } of rows) {
				const event = decodeEvent(payload);
				if (operation === 'delete') destination.delete(recordIdOf(event));
				else destination.set(recordIdOf(event), exactBody(event));
			}
		}
		return { kind: 'ack' };
	};
	const stored = await world.api({ ports: () => ({ sink: flow }), keys: 'a'.repeat(64) });
	const put = (receiver: Partial<ReceiverInput> = {}) =>
		stored.putReceiver(datasetReceiver(receiver));
	await put();
	const conditions = { count: 1, time: '1h', size: '10MB' } as const;
	await stored.putExport({ config: anExportInput({ output: 'event', conditions, ...o }) });
	const core = apiCore({ pipeline: world.pipeline, stored, clock: world.clock, baseUrl: '' });
	const callers = {
		A: callerWith('develop'),
		viewer: callerWith('view'),
		operator: callerWith('operate'),
		other: callerWith('administer', 'p2'),
	};
	const automation = await openApiWorld(opendatasoftAutomation, core, { callers });
	const push = await openApiWorld(opendatasoftPush, core);
	return {
		world,
		stored,
		core,
		put,
		flow,
		destination,
		audited: automation.audited,
		/** To whichever of the APIs has the path; K is the push key that it was made with. */
		async call(method: string, path: string, init: RequestInit = {}) {
			const api = path.startsWith('/api/push/') ? push : automation;
			const response = await api.call(method, path.replace(/=K$/, `=${PUSH_KEY}`), init);
			return { status: response.status, json: (await response.json()) as Record<string, unknown> };
		},
		async close() {
			await automation.close();
			await push.close();
			await world.close();
		},
	};
}

export type ResourceWorld = Awaited<ReturnType<typeof openResource>>;

export const as = (key: string) => ({ headers: { authorization: `apikey ${key}` } });
