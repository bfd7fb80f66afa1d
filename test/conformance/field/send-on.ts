import type { Column } from '../../../core/mapping/column';
import { openPipeline } from '../../../core/pipeline/open-pipeline';
import { openStore } from '../../../core/buffer/open-store';
import type { ExportWithSink } from '../../../core/pipeline/attached-sink';
import { eventually } from '../../support/eventually';
import { aPush, anExportInput, HOLDER, OPEN } from '../../support/pipeline-fixtures';
import { startSinkServer } from '../../support/sink-server';

/** What one pushed body becomes on its way to an endpoint as a batch, and in a flow that takes long numbers as text. */
export async function sendOn(
	body: string | Uint8Array,
	columns?: readonly Column[],
	o: { receiver?: object; push?: object; events?: number } = {},
): Promise<{ sent: string; flow: unknown[] }> {
	const { events = 1 } = o;
	const endpoint = await startSinkServer();
	const store = await openStore({ kind: 'memory' });
	const pipeline = await openPipeline({ store });
	try {
		const flow: unknown[] = [];
		const sinks = {
			http: { sink: { kind: 'http', url: endpoint.url } },
			flow: {
				sink: { kind: 'flow', numbers: 'text' },
				ports: {
					flow: { doneWhen: () => 'sent', emit: ({ records }) => void flow.push(...records) },
				},
			},
		} satisfies Record<string, Omit<ExportWithSink, 'config'>>;
		pipeline.attachReceiver(
			{ id: 'r1', auth: OPEN, ...o.receiver },
			Object.entries(sinks).map(([id, sink]) => ({
				config: anExportInput({
					id,
					conditions: { count: events, time: '30s', size: '5MB' },
					...(columns ? { columns } : {}),
				}),
				...sink,
			})),
			HOLDER,
		);
		await pipeline.accept('r1', aPush({ body: Buffer.from(body), ...o.push }));
		await eventually('both', () => endpoint.requests.length === 1 && flow.length === events);
		return { sent: endpoint.requests[0]?.body.toString() ?? '', flow };
	} finally {
		await pipeline.close();
		await store.close();
		await endpoint.close();
	}
}
