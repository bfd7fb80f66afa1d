/**
 * Ids of a project are its own (K6, K7), those of a store are not: a receiver `orders` of the project `default` is the receiver
 * `keboola:default:orders` of the store. Receivers of nodes are read by their own ids.
 */
import type { ReceiverDefinition } from '../../definitions/definition';
import { CoreError, ReceiveError } from '../../errors';

const prefixOf = (project: string): string => `keboola:${project}:`;

/** Of the store. @param id of the project */
export function storeId(project: string, id: string): string {
	return `${prefixOf(project)}${id}`;
}

/** Of a project, by which this API knows a receiver of the store; undefined where it is none of the project's. */
export function projectId(
	project: string,
	{ id, config }: Pick<ReceiverDefinition, 'id' | 'config'>,
): string | undefined {
	const prefix = prefixOf(project);
	if (config.project !== project) return undefined;
	if (id.startsWith(prefix)) return id.slice(prefix.length);
	return config.origin === 'host' ? id : undefined;
}

export function unknownReceiver(id: string): CoreError {
	const message = `receiver ${JSON.stringify(id)} not found in the project`;
	return new ReceiveError('ERR_RECEIVER_UNKNOWN', message);
}

export function unknownExport(id: string): CoreError {
	const message = `export ${JSON.stringify(id)} not found in the receiver`;
	return new ReceiveError('ERR_EXPORT_NOT_FOUND', message);
}

export function receiverExists(id: string): CoreError {
	const message = `receiver ${JSON.stringify(id)} already exists in the project`;
	return new CoreError('ERR_DEFINITION_EXISTS', message, { details: { kind: 'receiver' } });
}

export function exportExists(id: string): CoreError {
	const message = `export ${JSON.stringify(id)} already exists in the receiver`;
	return new CoreError('ERR_DEFINITION_EXISTS', message, { details: { kind: 'export' } });
}

/** @param what there are that many of at most */
export function tooMany(kind: 'receiver' | 'export', most: number): CoreError {
	const within = kind === 'receiver' ? 'project' : 'receiver';
	const message = `${kind} count limit reached in the ${within}, the maximum is ${most}`;
	return new CoreError('ERR_DEFINITION_LIMIT', message, { details: { kind } });
}
