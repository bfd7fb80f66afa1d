import type { NodeMessage } from 'node-red';
import { argumentsOf, ConfigError, VERBS, type Verb, type VerbArguments } from '../../core/index';

export interface ControlSettings {
	/** Empty: the message says it. */
	readonly verb?: string;
	/** Full id of the buffer; empty: the message says it, where the verb needs one. */
	readonly buffer?: string;
	/** What to do about rows that would be lost, unless the message says it. */
	readonly confirm?: 'ask' | 'all';
}

/**
 * The verb that a message asks for. What is set in the node counts; all else comes from the payload, where that is an object:
 * `{verb, buffer, receiver, batchId, limit, offset, rows, since, from, until, types, eventIds, sample, event, columns, filter, output, what, to, directory, confirm}`, times also as text by ISO 8601. Any other payload says
 * nothing.
 *
 * @throws ConfigError
 */
export function controlRequest(
	settings: ControlSettings,
	message: Pick<NodeMessage, 'payload'>,
): { verb: Verb; arguments: VerbArguments } {
	const { verb: asked, buffer, receiver, ...given } = objectOf(message.payload);
	const verb = settings.verb || asked;
	if (!isVerb(verb)) throw new ConfigError('verb', `one of ${VERBS.join(', ')}`, verb);
	const exportId = (settings.buffer || buffer) as string | undefined;
	const takes = argumentsOf(verb);
	const confirm = settings.confirm === 'all' && takes.includes('confirm') ? 'all' : undefined;
	// One that is set says which buffer the node is for; a dead letter is known by its own id.
	const isOf =
		takes.includes('exportId') && (given['batchId'] === undefined || buffer !== undefined);
	return {
		verb,
		arguments: {
			...(confirm ? { confirm } : {}),
			...given,
			...instantsOf(given),
			...(takes.includes('receiverId') ? receiverOf(receiver, exportId) : {}),
			...(isOf && exportId !== undefined && exportId !== '' ? { exportId } : {}),
		},
	};
}

/** Of a receiver each of its buffers tells which it is. */
function receiverOf(receiver: unknown, exportId = ''): Pick<VerbArguments, 'receiverId'> {
	const receiverId = receiver ?? exportId.split('/', 1)[0];
	return receiverId === '' ? {} : { receiverId: receiverId as string };
}

function isVerb(verb: unknown): verb is Verb {
	return VERBS.some((one) => one === verb);
}

function objectOf(payload: unknown): Record<string, unknown> {
	const isObject =
		typeof payload === 'object' &&
		payload !== null &&
		!Array.isArray(payload) &&
		!Buffer.isBuffer(payload);
	return isObject ? (payload as Record<string, unknown>) : {};
}

function instantsOf(given: Record<string, unknown>): Record<string, number> {
	const names = ['since', 'from', 'until'].filter((name) => given[name] !== undefined);
	return Object.fromEntries(names.map((name) => [name, instantOf(given[name], name)]));
}

function instantOf(value: unknown, path: string): number {
	const at = typeof value === 'string' ? Date.parse(value) : Number(value);
	if (!Number.isNaN(at)) return at;
	throw new ConfigError(path, 'milliseconds since the Unix epoch, or a time by ISO 8601', value);
}
