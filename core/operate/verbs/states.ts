import { ConfigError } from '../../errors';
import { type ExportState, isDisabled } from '../../config';
import type { KnownExport } from '../../buffer/store';
import { restartHealth } from '../../health/restart-health';
import { requireExport, type Operable } from '../operable';
import { countersOf } from './counters-of';

export interface StateChange {
	readonly exportId: string;
	readonly state: ExportState;
	readonly was: ExportState;
	/** Rows that wait, in batches or not. */
	readonly rows: number;
}

/** Its rows are kept, and new ones are taken, until it is resumed. A disabled one is refused: it would begin to take rows again. */
export async function pause(on: Operable, exportId: string): Promise<StateChange> {
	const known = await requireExport(on, exportId);
	if (isDisabled(known)) throw wrongState(exportId, known, 'enable it first');
	return change(on, exportId, known, 'PAUSED');
}

/** Delivers again what waits in a paused one. */
export async function resume(on: Operable, exportId: string): Promise<StateChange> {
	const known = await requireExport(on, exportId);
	if (isDisabled(known)) throw wrongState(exportId, known, 'enable it instead');
	return change(on, exportId, known, 'ACTIVE');
}

/** Takes and delivers again what comes; what a disabled one has dropped is gone. */
export async function enable(on: Operable, exportId: string): Promise<StateChange> {
	const known = await requireExport(on, exportId);
	if (known.state === 'PAUSED') throw wrongState(exportId, known, 'resume it instead');
	return change(on, exportId, known, 'ACTIVE');
}

/** Sets a state, whatever it was. */
async function change(
	on: Operable,
	exportId: string,
	{ state: was }: Pick<KnownExport, 'state'>,
	state: ExportState,
): Promise<StateChange> {
	if (state === 'ACTIVE' && was !== state) await restartHealth(on.store.documents, exportId);
	if (was !== state) await on.store.setState(exportId, state);
	// Also to stop what is on its way.
	on.claimDue?.();
	const { rows = 0, openRows = 0 } = (await countersOf(on, exportId)) ?? {};
	return { exportId, state, was, rows: rows + openRows };
}

function wrongState(exportId: string, { state }: KnownExport, advice: string): ConfigError {
	return new ConfigError('state', `another one: the buffer "${exportId}" is ${state}; ${advice}`);
}
