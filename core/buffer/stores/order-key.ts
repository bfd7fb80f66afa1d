/**
 * Whether a row may replace the latest one of its key (S40). Order keys that are both numbers compare as numbers, else as
 * text, which fits ISO times; a row without one always replaces.
 */
export function isAtLeast(orderKey: string | undefined, stored: string | undefined): boolean {
	if (orderKey === undefined || stored === undefined) return true;
	const [left, right] = [orderNumber(orderKey), orderNumber(stored)];
	if (left !== undefined && right !== undefined) return left >= right;
	return orderKey >= stored;
}

/** The order of `latest` in every store. */
export function byLatestKey<R extends { readonly latestKey?: string }>(rows: readonly R[]): R[] {
	return rows.toSorted((a, b) => ((a.latestKey ?? '') < (b.latestKey ?? '') ? -1 : 1));
}

/** The number that an order key is; undefined when it is none. */
export function orderNumber(orderKey: string | undefined): number | undefined {
	if (orderKey === undefined || orderKey.trim() === '') return undefined;
	const number = Number(orderKey);
	return Number.isNaN(number) ? undefined : number;
}
