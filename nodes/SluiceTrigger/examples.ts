import type { DeliveryResult, ShownAlert } from '../../core/index';
import type { ToldKind } from './start-on';

const ABOUT = {
	buffer: 'vTj2m8Rk0sQhNcXa:6f0c2a1e-9d4b-4f77-8a52-3e1b7c90d812/readings',
	label: 'Sensors / Sluice Trigger / readings',
	destination: 'https://example.com/readings',
} as const;

/** What a workflow is given while it is built. */
export const EXAMPLES: { readonly alerts: ShownAlert; readonly deliveryResults: DeliveryResult } & {
	readonly [Kind in ToldKind]: object;
} = {
	alerts: {
		...ABOUT,
		id: '019be8f0-3c00-7000-8000-000000000000',
		kind: 'deadLetter',
		at: '2026-01-23T08:15:00.000Z',
		message:
			'2 rows of "Sensors / Sluice Trigger / readings" to https://example.com/readings were put aside (status 400); replay or purge them',
		lastStatus: 400,
		lastCode: 'ERR_SINK_REJECTED',
		rows: 2,
		rowIds: [41, 42],
		eventTypes: ['temperature'],
	},
	deliveryResults: {
		...ABOUT,
		batchId: '018f-0001',
		attempt: 1,
		count: 2,
		reason: 'count threshold met, received: 2 rows, threshold: 2 rows',
		ok: false,
		outcome: 'retry',
		startedAt: '2026-01-23T08:15:00.000Z',
		durationMs: 132,
		error: { code: 'ERR_SINK_UNAVAILABLE', message: 'the endpoint answered 503' },
		status: 503,
		retryAt: '2026-01-23T08:15:05.000Z',
	},
};
