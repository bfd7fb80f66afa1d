import type { Store } from '../buffer/store';
import type { HealthChange } from '../health/export-health';
import { createHealthGate, type HealthGate } from '../health/health-gate';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/logger';

/** The gate of a pipeline where its opener brings none: how destinations are, kept in the store. */
export function openHealth(ports: {
	readonly store: () => Store;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Names this process. */
	readonly owner: string;
	readonly onChange: (exportId: string, change: HealthChange) => void;
}): HealthGate {
	const { store, clock, logger, owner, onChange } = ports;
	return createHealthGate({
		documents: () => store().documents,
		clock,
		logger,
		by: owner,
		onChange,
		isActive: async (exportId) => (await store().getExport(exportId))?.state === 'ACTIVE',
		giveUp: async (exportId, action) => {
			const state = action === 'pause' ? 'PAUSED' : 'SYSTEM_DISABLED';
			// What a person has paused meanwhile keeps its rows.
			const { was, dropped } = await store().setState(exportId, state, { from: 'ACTIVE' });
			return was === 'ACTIVE' ? dropped : undefined;
		},
	});
}
