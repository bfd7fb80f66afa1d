/**
 * Whether a row may replace the latest one of its key (S40). Order keys that are both numbers compare as numbers, else as
 * text, which fits ISO times; a row without one always replaces.
 */
export function isAtLeast(orderKey: string | undefined, stored: string | undefined): boolean {
	if (orderKey === undefined || stored === undefined) return true;
	const [left, right] = [Number(orderKey), Number(stored)];
	if (
		orderKey.trim() !== '' &&
		stored.trim() !== '' &&
		!Number.isNaN(left) &&
		!Number.isNaN(right)
	) {
		return left >= right;
	}
	return orderKey >= stored;
}
