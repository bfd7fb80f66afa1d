import { decodeEvent } from '../../core/event/codec';
import type { Event } from '../../core/event/event';
import type { ReceiverInput } from '../../core/pipeline/parse-receiver';
import { presetReceiver, type PresetSettings } from '../../core/settings/preset-receiver';
import { aPush, anExportInput, HOLDER, pipelineWorld } from './pipeline-fixtures';

/** A request as a sender makes it. */
export interface SentRequest {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** The address that it was sent to; what stands after `?` comes with the request. */
	readonly url?: string | undefined;
}

export interface PresetWorld {
	/** What the receiver answers, and the events that it has stored. */
	push(request: SentRequest): Promise<{ readonly status: number; readonly text: string }>;
	events(): Promise<Event[]>;
	close(): Promise<void>;
}

/**
 * A receiver that is made of a preset, in a pipeline over a memory store.
 *
 * @param now milliseconds since the Unix epoch
 * @param input the receiver's configuration, where it is not that of the preset
 */
export async function presetWorld(
	settings: PresetSettings,
	now?: number,
	input: Omit<ReceiverInput, 'id'> = presetReceiver(settings),
): Promise<PresetWorld> {
	const world = await pipelineWorld(now);
	await world.pipeline.attachReceiver(
		{ id: 'r1', ...input },
		[{ config: anExportInput({ conditions: { count: 100, time: '1h', size: '1MB' } }) }],
		HOLDER,
	).ready;
	return {
		async push({ headers, body, url }) {
			const { search, searchParams } = new URL(url ?? 'https://example.com/');
			const names = [...new Set(searchParams.keys())];
			const answer = await world.pipeline.accept(
				'r1',
				aPush({
					target: `/sluice/r1${search}`,
					query: Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)])),
					headers,
					body: Buffer.from(body),
				}),
			);
			return { status: answer.status, text: answer.body };
		},
		events: async () =>
			(await world.store.peek('r1/main')).map(({ payload }) => decodeEvent(payload)),
		close: () => world.close(),
	};
}
