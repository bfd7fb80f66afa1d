import type { Permit } from '../sink/sink';
import type { Gate } from './gate';

/** What the gate says of one more request; `aborted` at once with the attempt, whatever the gate waits for. */
export async function askPermit(
	gate: Pick<Gate, 'permit'>,
	exportId: string,
	signal: AbortSignal,
	batchId: string,
): Promise<Permit> {
	if (signal.aborted) return 'aborted';
	let onAbort: () => void = () => {};
	const aborted = new Promise<'aborted'>((resolve) => {
		onAbort = () => resolve('aborted');
		signal.addEventListener('abort', onAbort, { once: true });
	});
	try {
		return await Promise.race([gate.permit(exportId, signal, batchId), aborted]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}
