import { projectOf } from '../../config';
import { BufferError } from '../../errors';
import { RETRY_AFTER_MS } from './defaults';

/** The errors that more than one store raises, each worded once. */

export function exportUnknown(exportId: string): BufferError {
	return new BufferError('ERR_EXPORT_UNKNOWN', `export ${exportId} is not known to the store`, {
		details: { exportId },
	});
}

export function exportDraining(exportId: string): BufferError {
	return new BufferError(
		'ERR_EXPORT_UNKNOWN',
		`export ${exportId} is being removed and takes no more rows`,
		{ details: { exportId } },
	);
}

export function revisionUnknown(exportId: string, mappingRevision: number): BufferError {
	return new BufferError(
		'ERR_EXPORT_UNKNOWN',
		`export ${exportId} has no mapping revision ${mappingRevision}`,
		{ details: { exportId, mappingRevision } },
	);
}

export function leaseLost(batchId: string): BufferError {
	return new BufferError('ERR_LEASE_LOST', `the lease of batch ${batchId} is no longer valid`, {
		details: { batchId },
	});
}

export function batchGone(batchId: string): BufferError {
	return new BufferError('ERR_LEASE_LOST', `batch ${batchId} is no longer in the store`, {
		details: { batchId },
	});
}

export function quotaReached(
	receiverId: string,
	used: { readonly bytes: number; readonly deadBytes: number },
	quotaBytes: number,
): BufferError {
	return new BufferError(
		'ERR_QUOTA',
		`${ownerOf(receiverId)} holds ${used.bytes} bytes${ofDeadLetters(used.deadBytes)}, quota is ${quotaBytes}`,
		{
			details: { receiverId, usedBytes: used.bytes, deadBytes: used.deadBytes, quotaBytes },
			retryAfterMs: RETRY_AFTER_MS,
		},
	);
}

/** Whose quota it is: a receiver's, or that of a project. */
export function ownerOf(receiverId: string): string {
	const project = projectOf({ receiverId });
	return project === undefined ? `receiver ${receiverId}` : `project ${project}`;
}

export function storeFull(
	used: { readonly bytes: number; readonly deadBytes: number },
	maxStoreBytes: number,
): BufferError {
	return new BufferError(
		'ERR_BUFFER_FULL',
		`the store holds ${used.bytes} bytes${ofDeadLetters(used.deadBytes)}, limits.maxStoreBytes is ${maxStoreBytes}`,
		{ retryAfterMs: RETRY_AFTER_MS },
	);
}

function ofDeadLetters(bytes: number): string {
	return bytes === 0 ? ' that wait' : `, ${bytes} of them dead letters (replay or purge them)`;
}

/** @param what the bound and what there is of it, in words */
export function requestTooLarge(
	what: string,
	details: Readonly<Record<string, number>>,
): BufferError {
	return new BufferError('ERR_REQUEST_TOO_LARGE', `${what}; send it in parts`, { details });
}

export function retentionBlocks(exportId: string, ageMs: number): BufferError {
	return new BufferError(
		'ERR_BUFFER_FULL',
		`export ${exportId} refuses new rows: its oldest is older than retention.ageMs ${ageMs}`,
		{ details: { exportId, ageMs }, retryAfterMs: RETRY_AFTER_MS },
	);
}

export function documentDamaged(collection: string, id: string, revision: number): BufferError {
	return new BufferError(
		'ERR_STORE_CORRUPT',
		`document ${collection}/${id} is damaged; put it anew or remove it, the others go on`,
		{ details: { collection, id, revision } },
	);
}

/**
 * S17. Nothing is released that another format could come from, so nothing is brought from one to the other.
 *
 * @param place how people name the store, e.g. its directory
 */
export function otherFormat(place: string, format: number, known: number): BufferError {
	const whatToDo =
		format > known
			? 'a newer release has written it; install that one again'
			: 'an earlier build has written it; let that build deliver what waits, or move the store away, and begin with an empty one';
	return new BufferError(
		'ERR_STORE_VERSION',
		`the store in ${place} has format ${format}, this release knows ${known} alone, and nothing in it was changed: ${whatToDo}`,
		{ details: { format, known } },
	);
}

export function storeClosed(): BufferError {
	return new BufferError('ERR_STORE_UNAVAILABLE', 'the store is closed', { retryable: false });
}
