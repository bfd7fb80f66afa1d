/** What people are told of without asking: one closed set of kinds, each raised once for as long as its condition holds. */
import type { AlertKind } from '../pure/alert-kinds';

/** The receiver whose exports get alerts. No request comes to it. */
export const ALERTS_RECEIVER = 'sluice:alerts';

/** Whether an export is one of those: it raises no alerts of its own. */
export function isAlertsExport(exportId: string): boolean {
	return exportId.startsWith(`${ALERTS_RECEIVER}/`);
}

/** Most row ids that an alert names. */
export const MAX_ALERT_ROWS = 100;

/** Plain JSON. Instants are milliseconds since the Unix epoch. */
export interface Alert {
	/** By which one that is told again is known. */
	readonly id: string;
	readonly kind: AlertKind;
	readonly at: number;
	/** In English, for people. */
	readonly message: string;
	/** Full id. */
	readonly exportId?: string;
	readonly receiverId?: string;
	readonly label?: string;
	/** URL without user info and query. */
	readonly destination?: string;
	/** Of the rows, as far as they are events that have one; at most 10. */
	readonly eventTypes?: readonly string[];
	readonly lastStatus?: number;
	/** Code of the last error (docs/errors.md). */
	readonly lastCode?: string;
	/** Of those that failed, or were put aside: the first ones, at most MAX_ALERT_ROWS. */
	readonly rowIds?: readonly number[];
	/** How many rows it is about. */
	readonly rows?: number;
	/** What the endpoint wrote; only for who asks for it. */
	readonly text?: string;
	/** Of failing: since when. */
	readonly since?: number;
	/** Of the time to giving up that is over. */
	readonly percent?: number;
	/** When it will be paused or disabled. */
	readonly endsAt?: number;
	readonly action?: 'pause' | 'disable';
}

/** What the message is made of. */
export function describeAlert(alert: Omit<Alert, 'id' | 'message'>): string {
	const { kind, label, exportId, receiverId, rows = 0, percent, endsAt, action } = alert;
	const who = `"${label ?? exportId ?? receiverId ?? 'store'}"`;
	const { lastStatus, lastCode = 'no answer' } = alert;
	const status = lastStatus === undefined ? lastCode : `status ${lastStatus}`;
	const to = alert.destination === undefined ? '' : ` to ${alert.destination}`;
	switch (kind) {
		case 'inactive':
			return `receiver ${who} has got no event for too long`;
		case 'activeAgain':
			return `receiver ${who} gets events again`;
		case 'failing':
			return `deliveries of ${who}${to} fail (${status}); rows are kept and come again`;
		case 'recovered':
			return `deliveries of ${who}${to} work again`;
		case 'willBeDisabled':
			return `deliveries of ${who}${to} only fail (${status}): ${percent} % of the time until it is ${done(action)} are over, on ${new Date(endsAt ?? 0).toISOString()} it is`;
		case 'disabled':
			return `${who} was ${done(action)} by itself: deliveries${to} only fail (${status})`;
		case 'deadLetter':
			return `${rows} rows of ${who}${to} were put aside (${status}); replay or purge them`;
		case 'queueGrowing':
			return `${rows} rows of ${who}${to} wait, the oldest for too long`;
		case 'storeNearlyFull':
		case 'storeDegraded':
			return alert.text ?? kind;
	}
}

function done(action: Alert['action']): string {
	return action === 'disable' ? 'disabled' : 'paused';
}
