import type { DoneWhen } from '../../core/index';
import type { BufferSettings } from './buffer-settings';
import type { Reach } from './reachability';

/** What a buffer's status and dialog have to say about its wires; undefined: all is well. */
export type WiringFault = 'unwired' | 'lost' | 'notRunning' | 'unsettled' | 'several';

/**
 * When the batches of one output are done, by the buffer's setting and its wires. Pure: the runtime decides by it at every deploy,
 * and the dialog shows it while wires are drawn.
 *
 * Batches that nobody would get, or that could be settled only by nodes that do not run, are kept: nothing is sent and no attempt
 * counts until the wires lead somewhere. Only *when sent*, chosen by name, lets them go.
 */
export function decideDone(
	setting: NonNullable<BufferSettings['done']>,
	{ settling, notRunning: notRunning, isReceived: isReceived }: Reach,
): { readonly when: DoneWhen; readonly fault?: WiringFault } {
	if (setting === 'sent') return { when: 'sent', ...(isReceived ? {} : { fault: 'lost' }) };
	if (settling.length === 0 && notRunning.length > 0) return { when: 'kept', fault: 'notRunning' };
	if (!isReceived) return { when: 'kept', fault: 'unwired' };
	if (settling.length > 1) return { when: 'acked', fault: 'several' };
	if (settling.length === 1) return { when: 'acked' };
	return setting === 'acked' ? { when: 'acked', fault: 'unsettled' } : { when: 'sent' };
}
