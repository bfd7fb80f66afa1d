import type { Dataset } from './opendatasoft-config';

/** Of one resource, each with its slash at the end (O7) and the push key (O5). */
export interface Addresses {
	readonly push: string;
	/** By values (O21). */
	readonly delete: string;
	/** Of one record (O22). */
	readonly deleteById: (recordId: string) => string;
}

export function addressesOf({
	domain,
	dataset,
	resource = 'realtime',
	pushKey,
}: Pick<Dataset, 'domain' | 'dataset' | 'resource' | 'pushKey'>): Addresses {
	const [id, part, key] = [dataset, resource, pushKey].map(encodeURIComponent);
	const base = `${domain.replace(/\/+$/, '')}/api/push/1.0/${id}/${part}`;
	const at = (rest: string): string => `${base}/${rest}/?pushkey=${key}`;
	return {
		push: at('push'),
		delete: at('delete'),
		deleteById: (recordId) => at(`${encodeURIComponent(recordId)}/delete`),
	};
}
