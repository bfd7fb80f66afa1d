import type { Alert } from '../alerts/alert';
import { isOfStore, isWanted } from '../alerts/wanted';
import type { AlertsConfig } from '../config';
import type { Pipeline } from '../pipeline/open-pipeline';
import { processShared } from '../runtime/process-shared';
import { shownAlert, type ShownAlert } from './shown-alert';

/**
 * Hears of what is wrong with the store itself, until the returned function is called; of what holds already, now. Such alerts do not go
 * by way of the store, which may take nothing: each process that sees them tells them once, and they are kept nowhere but in the log.
 *
 * @param o.wanted as of an export of alerts
 * @param o.by names who is told, over redeploys: what it was told before it is not told again
 */
export function onStoreAlert(
	on: Pick<Pipeline, 'subscribe' | 'held'>,
	o: { readonly wanted: AlertsConfig; readonly by: string },
	tell: (alert: ShownAlert) => void,
): () => void {
	const hear = ({ text: _, ...alert }: Alert): void => {
		// Its text is the message.
		if (isWanted(alert, o.wanted) && isNew(o.by, alert.id)) tell(shownAlert(alert));
	};
	for (const alert of on.held().storeAlerts) hear(alert);
	return on.subscribe((notice) => {
		if (notice.kind === 'alert' && isOfStore(notice.alert)) hear(notice.alert);
	});
}

/** Far more than hold at once. */
const MAX_TOLD = 20;

/** Ids of the alerts that somebody was told last. */
function told(): Map<string, readonly string[]> {
	return processShared('store-alerts-told', () => new Map());
}

function isNew(by: string, id: string): boolean {
	const known = told().get(by) ?? [];
	if (known.includes(id)) return false;
	told().set(by, [...known, id].slice(-MAX_TOLD));
	return true;
}
