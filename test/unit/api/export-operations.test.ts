import assert from 'node:assert/strict';
import { apiCore } from '../../../core/api/open-api';
import { sluiceDialect } from '../../../core/api/sluice/sluice-dialect';
import { DeliveryError } from '../../../core/errors';
import { anAccount, openApiWorld } from '../../support/api/api-world';
import { DefinitionWorld } from '../../support/definition-world';
import { eventually } from '../../support/eventually';
import { anExportInput, aPush, HOLDER, OPEN, RecordingSink } from '../../support/pipeline-fixtures';

describe('exports of a project, for operators', () => {
	it('are flushed, and their dead letters listed and replayed, by the roles for it and in their project alone', async () => {
		const world = await DefinitionWorld.open('memory');
		const stored = await world.api({});
		const { pipeline, clock } = world;
		const sink = new RecordingSink();
		const error = new DeliveryError('ERR_SINK_REJECTED', 'no');
		sink.next = () => ({ kind: 'dead', error });
		const receiver = { id: 'r1', project: 'p1', auth: OPEN };
		const waits = { count: 100, time: '1h', size: '1MB' };
		const given = { config: anExportInput({ conditions: waits }), ports: { sink } };
		await pipeline.attachReceiver(receiver, [given], HOLDER).ready;
		const role = (name: 'view' | 'operate', project = 'p1') =>
			({ ...anAccount, grants: [{ project, role: name }] }) as const;
		const api = await openApiWorld(
			sluiceDialect,
			apiCore({ pipeline, stored, clock, baseUrl: '' }),
			{
				callers: {
					good: role('operate'),
					viewer: role('view'),
					other: role('operate', 'p2'),
					limited: { ...role('operate'), limits: { exports: ['r1/else'] } },
				},
			},
		);
		const call = async (method: string, what: string, caller = 'good', project = 'p1') => {
			const path = `/v1/sluice/projects/${project}/exports/r1%2Fmain${what}`;
			const response = await api.call(method, path, {
				headers: { authorization: `Bearer ${caller}` },
			});
			const json = (await response.json()) as Record<string, unknown>;
			return response.status === 200 ? json : response.status;
		};
		try {
			await pipeline.accept('r1', aPush());
			assert.equal(await call('POST', ':flush', 'viewer'), 403);
			assert.equal(await call('POST', ':flush', 'limited'), 403);
			assert.equal(await call('POST', ':flush', 'other', 'p2'), 404);
			assert.equal(sink.batches.length, 0);
			assert.deepEqual(await call('POST', ':flush'), { flushed: true, rows: 1 });
			const letter = await eventually('the batch is set aside', async () => {
				const { deadLetters } = (await call('GET', '/dead-letters?limit=1')) as {
					deadLetters: object[];
				};
				return deadLetters[0];
			});
			const { rows, code, message } = letter as Record<string, unknown>;
			assert.deepEqual([rows, code, message], [1, 'ERR_SINK_REJECTED', 'no']);
			assert.equal(await call('GET', '/dead-letters?limit=0'), 400);
			assert.equal(await call('GET', '/dead-letters', 'viewer'), 403);
			sink.next = () => ({ kind: 'ack' });
			assert.deepEqual(await call('POST', '/dead-letters:replay'), { batches: 1, rows: 1 });
			await eventually('it is delivered', () => sink.batches.length === 2);
			assert.deepEqual(api.audited, ['flushExport', 'flushExport', 'replayDeadLetters']);
		} finally {
			await api.close();
			await world.close();
		}
	});
});
