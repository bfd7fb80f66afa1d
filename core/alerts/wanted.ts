import type { AlertsConfig } from '../config';
import type { Alert } from './alert';

/** Whether somebody who wants such alerts wants this one. What is about no export, but a receiver or the store, is left out by its kind alone. */
export function isWanted(
	{ kind, exportId, label }: Pick<Alert, 'kind' | 'exportId' | 'label'>,
	{ kinds, exports }: AlertsConfig = {},
): boolean {
	if (kinds && !kinds.includes(kind)) return false;
	return exportId === undefined || isNamed({ exportId, label }, exports);
}

/** Whether it is about neither an export nor a receiver. */
export function isOfStore({
	exportId,
	receiverId,
}: Pick<Alert, 'exportId' | 'receiverId'>): boolean {
	return exportId === undefined && receiverId === undefined;
}

/**
 * Whether an export is one of those that people have named.
 *
 * @param names full ids, ids or labels; undefined: all are meant
 */
export function isNamed(
	{ exportId, label }: { readonly exportId: string; readonly label?: string | undefined },
	names: readonly string[] | undefined,
): boolean {
	if (names === undefined) return true;
	// An id may hold a slash, a receiver's may not.
	const id = exportId.slice(exportId.indexOf('/') + 1);
	return names.some((name) => name === exportId || name === id || name === label);
}
