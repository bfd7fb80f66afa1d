/** What people are told of; the first two are of receivers, the last two of the store. Dialogs list them in this order. */
export const ALERT_KINDS = [
	'inactive',
	'activeAgain',
	'failing',
	'recovered',
	'willBeDisabled',
	'disabled',
	'deadLetter',
	'queueGrowing',
	'storeNearlyFull',
	'storeDegraded',
] as const;

export type AlertKind = (typeof ALERT_KINDS)[number];
