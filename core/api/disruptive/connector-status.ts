import type { ExportState } from '../../config';
import { disable } from '../../operate/verbs/disable';
import { enable, resume } from '../../operate/verbs/states';
import { requireExport, type Operable } from '../../operate/operable';
import { statusOf, type ConnectorStatus } from './connector';

/**
 * Switches a connector on or off (D53, D54). One that has the status already stays as it is, also a paused one that is to be off: who sends
 * a whole resource back does not mean to drop what it keeps.
 *
 * @throws BufferError ERR_EXPORT_UNKNOWN where it was removed meanwhile
 */
export async function setStatus(
	on: Operable,
	exportId: string,
	status: Exclude<ConnectorStatus, 'SYSTEM_DISABLED'>,
): Promise<void> {
	const { state } = await requireExport(on, exportId);
	if (statusOf(state) === status) return;
	if (status === 'ACTIVE') await (state === 'PAUSED' ? resume : enable)(on, exportId);
	// It drops what comes already; only who has switched it off is another one.
	else if (state === 'SYSTEM_DISABLED') await on.store.setState(exportId, status, FROM_SYSTEM);
	else await disable(on, exportId, { confirm: 'all' });
}

/** Makes a change of one that is about to be switched off while nothing of it is sent; a change that is refused leaves all as it was. */
export async function whilePaused(
	{ store }: Operable,
	exportId: string,
	change: () => Promise<void>,
): Promise<void> {
	const known = await store.getExport(exportId);
	if (known?.state !== 'ACTIVE') return change();
	await store.setState(exportId, 'PAUSED', { from: 'ACTIVE' });
	try {
		await change();
	} finally {
		await store.setState(exportId, 'ACTIVE', { from: 'PAUSED' });
	}
}

const FROM_SYSTEM: { readonly from: ExportState } = { from: 'SYSTEM_DISABLED' };
