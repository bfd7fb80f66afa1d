import assert from 'node:assert/strict';
import { ALERTS_RECEIVER } from '../../core/alerts/alert';
import { HealthWorld } from '../support/health-world';
import { anExportInput, aPush, HOLDER, OPEN, RecordingSink } from '../support/pipeline-fixtures';

const MINUTE_MS = 60_000;

export interface InactivityCase {
	readonly id: string;
	readonly given: {
		readonly alerts: boolean;
		readonly thresholdMinutes?: number;
		readonly minutesSinceLastRecord: number;
	};
	readonly expect: { readonly alerts: number };
}

/** How many alerts there are after so much silence (O34). */
export async function checkInactivity({ given, expect }: InactivityCase): Promise<void> {
	const world = await new HealthWorld().open();
	const sink = new RecordingSink();
	try {
		const alerts = { id: 'node', receiverId: ALERTS_RECEIVER, label: 'alerts' };
		const holder = { key: 'alerts', label: 'alerts' };
		await world.core.attachExport({ config: anExportInput(alerts), ports: { sink } }, holder).ready;
		const { alerts: isOn, thresholdMinutes: minutes = 0 } = given;
		const inactive = isOn ? { inactiveAfterMs: minutes * MINUTE_MS } : {};
		await world.core.attachReceiver(
			{ id: 'r1', auth: OPEN, ...inactive },
			[{ config: anExportInput() }],
			HOLDER,
		).ready;
		assert.equal((await world.core.accept('r1', aPush())).status, 200);
		// Days are looked through by the hour: only whether there is an alert counts.
		const silence = given.minutesSinceLastRecord * MINUTE_MS;
		await world.advance(silence, silence > 60 * MINUTE_MS ? 60 * MINUTE_MS : MINUTE_MS);
		const told = sink.batches.flatMap(({ records }) => records);
		assert.equal(told.length, expect.alerts);
	} finally {
		await world.close();
	}
}
