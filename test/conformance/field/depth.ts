import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { openStore } from '../../../core/buffer/open-store';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import { eventually } from '../../support/eventually';
import { aPush, anExportInput, HOLDER, OPEN } from '../../support/pipeline-fixtures';
import { startSinkServer } from '../../support/sink-server';

/** Pushes a good event, a deep one and a good one, to be sent as one batch of two; gives the answers and the bodies that arrived. */
export async function refuseWhatIsDeep(
	levels: number,
): Promise<{ answers: number[]; sent: unknown[] }> {
	const endpoint = await startSinkServer();
	const store = await openStore({ kind: 'memory' });
	const pipeline = await openPipeline({ store });
	try {
		const sink = createHttpSink({ url: endpoint.url });
		pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN },
			[
				{
					config: anExportInput({ conditions: { count: 2, time: '30s', size: '5MB' } }),
					ports: { sink },
				},
			],
			HOLDER,
		);
		const deep = `{"d":${'['.repeat(levels)}${']'.repeat(levels)}}`;
		const answers: number[] = [];
		for (const body of ['{"good":1}', deep, '{"good":2}']) {
			const { status } = await pipeline.accept('r1', aPush({ body: Buffer.from(body) }));
			answers.push(status);
		}
		await eventually('the batch', () => endpoint.requests.length === 1);
		const batch = endpoint.requests[0]?.json as { body: unknown }[];
		return { answers, sent: batch.map(({ body }) => body) };
	} finally {
		await pipeline.close();
		await store.close();
		await endpoint.close();
	}
}
