import type { NodeMessage } from 'node-red';
import { ConfigError } from '../../core/index';

/** What a node with a buffer keeps of a message. */
export type Kept = 'payload' | 'topic' | 'message';

const KEPT: readonly Kept[] = ['payload', 'topic', 'message'];

/** @throws ConfigError */
export function keptSetting(value: Kept = 'payload'): Kept {
	if (KEPT.includes(value)) return value;
	throw new ConfigError('keep', `one of ${KEPT.join(', ')}`, value);
}

/** Of the runtime, of the connection a message came by, or of the batch it was: none of them means anything later. */
const NEVER_KEPT: readonly string[] = ['_msgid', '_event', 'req', 'res', 'sluice'];

/**
 * The part of a message that is kept: its payload alone, `{topic, payload}`, or all its properties. Bytes within are `{base64}`.
 *
 * @param payload in the place of the message's own
 */
export function keptPart(
	message: NodeMessage,
	keep: Kept = 'payload',
	payload: unknown = message.payload,
): unknown {
	if (keep === 'payload') return payload;
	const given = keep === 'topic' ? { topic: message.topic } : message;
	const kept = Object.entries(given).filter(
		([name]) => !NEVER_KEPT.includes(name) && name !== 'payload',
	);
	return Object.fromEntries(
		[...kept, ['payload', payload] as const].map(([name, value]) => [name, asJson(value)]),
	);
}

function asJson(value: unknown): unknown {
	return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}
