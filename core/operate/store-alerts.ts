import { isOfStore, isWanted } from '../alerts/wanted';
import type { AlertsConfig } from '../config';
import type { Pipeline } from '../pipeline/open-pipeline';
import { shownAlert, type ShownAlert } from './shown-alert';

/**
 * Hears of what is wrong with the store itself, until the returned function is called. Such alerts do not go by way of the store, which
 * may take nothing: they are told once, by each process that sees them, and are kept nowhere but in the log.
 *
 * @param wanted as of an export of alerts
 */
export function onStoreAlert(
	on: Pick<Pipeline, 'subscribe'>,
	wanted: AlertsConfig,
	tell: (alert: ShownAlert) => void,
): () => void {
	return on.subscribe((notice) => {
		if (notice.kind !== 'alert' || !isOfStore(notice.alert)) return;
		// Its text is the message.
		const { text: _, ...alert } = notice.alert;
		if (isWanted(alert, wanted)) tell(shownAlert(alert));
	});
}
