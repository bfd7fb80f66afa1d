import type { Counters, Store } from '../buffer/store';
import { ALERTS_RECEIVER, type Alert } from '../alerts/alert';
import { isWanted } from '../alerts/wanted';
import { DeliveryError } from '../errors';
import { createEvent } from '../event/create-event';
import { ALERTS } from '../pure/bounds';
import { compileExport, toAppended } from './attached-export';

/** How long an alert that is told again is known. */
const KNOWN_MS = 7 * 86_400_000;

/**
 * Hands an alert to all exports of alerts, whoever holds them, as an event like any other. One that is full drops its oldest.
 *
 * @param o.appended hears what was stored
 * @returns how many have taken it
 * @throws as Store.append
 */
export async function deliverAlert(
	store: Store,
	alert: Alert,
	o: { readonly owner: string; readonly appended: (counters: readonly Counters[]) => void },
): Promise<number> {
	const exports = (await store.listExports()).filter(
		({ receiverId, isDraining, alerts }) =>
			receiverId === ALERTS_RECEIVER && !isDraining && isWanted(alert, alerts),
	);
	const rendered = exports.flatMap((known) => {
		const export_ = compileExport(known, undefined);
		export_.mappingRevision = known.mappingRevision;
		const { text: _, ...withoutText } = alert;
		const body = known.alerts?.withText === true ? alert : withoutText;
		const { id, at: receivedAt, kind: type } = alert;
		return export_.render(createEvent({ id, receivedAt, type, body })) ?? [];
	});
	if (rendered.length === 0) return 0;
	const event = toAppended(rendered, [{ key: alert.id, windowMs: KNOWN_MS }]);
	const { counters } = await store.append({ receiverId: ALERTS_RECEIVER, events: [event] });
	for (const { exportId, rows } of counters)
		if (rows > ALERTS.maxWaiting) await dropOldest(store, exportId, o.owner);
	o.appended(counters);
	return rendered.length;
}

/** The oldest batch goes, by what every store can do: it is put aside, and removed. */
async function dropOldest(store: Store, exportId: string, owner: string): Promise<void> {
	const batch = await store.claim(exportId, { owner, leaseMs: 60_000, flush: true });
	if (!batch) return;
	const error = new DeliveryError(
		'ERR_DELIVERY_EXHAUSTED',
		`more than ${ALERTS.maxWaiting} alerts wait; the oldest were dropped`,
	);
	await store.settle(batch.lease, { kind: 'dead', error });
	await store.purge({ batchId: batch.id });
}
