import type { SchemeConfig } from '../../core/signature/schemes/index';
import type { ReceiverInput } from '../../core/pipeline/parse-receiver';
import { createListener, type Listener } from '../../core/receiver/listener/listener';
import { eventually } from './eventually';
import { anExportInput, HOLDER, OPEN, pipelineWorld, RecordingSink } from './pipeline-fixtures';

/** A receiver at `/in` of a real port; a secret of the URL is one more segment. */
export interface ListeningReceiver {
	readonly port: number;
	readonly listener: Listener;
	/** The next event that came through, as a record. */
	event(): Promise<Record<string, unknown>>;
	/** How many events were taken. */
	accepted(): number;
	close(): Promise<void>;
}

export async function startListeningReceiver(
	o: {
		readonly host?: string;
		readonly auth?: readonly SchemeConfig[];
		/** All of its configuration. */
		readonly input?: Omit<ReceiverInput, 'id'>;
		/** Where its clock stands, milliseconds since the Unix epoch. */
		readonly now?: number;
	} = {},
): Promise<ListeningReceiver> {
	const { host, input = { auth: o.auth ?? OPEN }, now } = o;
	const { auth } = input;
	const world = await pipelineWorld(now);
	const sink = new RecordingSink();
	const conditions = { count: 1, time: '10s', size: '1MB' };
	await world.pipeline.attachReceiver(
		{ id: 'r1', ...input },
		[{ config: anExportInput({ conditions }), ports: { sink } }],
		HOLDER,
	).ready;
	const listener = await createListener({ port: 0, ...(host === undefined ? {} : { host }) });
	listener.mount({
		holder: HOLDER,
		path: '/in',
		secretInUrl: auth.some(({ kind }) => kind === 'url-secret'),
		handler: (request) => world.pipeline.accept('r1', request),
	});
	let read = 0;
	return {
		port: listener.port,
		listener,
		async event() {
			const batch = await eventually('an event', () => sink.batches[read]);
			read += 1;
			return batch.records[0] as Record<string, unknown>;
		},
		accepted: () => world.pipeline.held().receivers[0]?.accepted ?? 0,
		async close() {
			await listener.close();
			await world.close();
		},
	};
}
