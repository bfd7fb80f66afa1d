import type { IWebhookFunctions } from 'n8n-workflow';
import { processShared, type Attachment, type Pipeline } from '../../core/index';
import { readConfiguration, type TriggerConfiguration } from './configuration';

/**
 * Receivers that `webhook()` attached without sinks, since no `trigger()` of this process has: not yet, or never, as in n8n's webhook
 * processes (N67). They store and deliver nothing. Nobody tells such a process that the workflow was published anew or a secret
 * changed; so the configuration is read for every push and compared.
 */
interface AppendOnly {
	/** Of the configuration it was attached by. */
	readonly fingerprint: string;
	readonly attachment: Attachment;
}

/** By store and receiver; what is in it may be gone with its pipeline. Not in the module, which n8n may load again (N52). */
function attachedHere(): Map<string, AppendOnly> {
	return processShared('n8n-append-only', () => new Map());
}

function keyOf(pipeline: Pipeline, receiverId: string): string {
	return JSON.stringify([pipeline.store.id, receiverId]);
}

/** A `trigger()` attaches it now, with sinks; what it attaches is its own affair. */
export function forgetAppendOnly(pipeline: Pipeline, receiverId: string): void {
	attachedHere().delete(keyOf(pipeline, receiverId));
}

/**
 * Sees to it that the receiver takes pushes here, by the configuration that the workflow has now.
 *
 * @throws ConfigError for a configuration that cannot work; BufferError when the store does not take it, and the next push tries again
 */
export async function attachAppendOnly(
	context: IWebhookFunctions,
	pipeline: Pipeline,
	receiverId: string,
): Promise<void> {
	if (isTriggers(pipeline, receiverId)) return;
	const configuration = await readConfiguration(context);
	// The trigger may have attached meanwhile; without its sinks nothing would ever be delivered.
	if (isTriggers(pipeline, receiverId)) return;
	const attached = attachedHere();
	const key = keyOf(pipeline, receiverId);
	const fingerprint = fingerprintOf(configuration);
	let current = pipeline.hasReceiver(receiverId) ? attached.get(key) : undefined;
	if (current?.fingerprint !== fingerprint) {
		const { receiver, buffers, holder } = configuration;
		const exports = buffers.map(({ config }) => ({ config }));
		current = { fingerprint, attachment: pipeline.attachReceiver(receiver, exports, holder) };
		attached.set(key, current);
	}
	try {
		await current.attachment.ready;
	} catch (error) {
		if (attached.get(key) === current) attached.delete(key);
		await current.attachment.detach({ gone: true });
		throw error;
	}
}

function isTriggers(pipeline: Pipeline, receiverId: string): boolean {
	return pipeline.hasReceiver(receiverId) && !attachedHere().has(keyOf(pipeline, receiverId));
}

function fingerprintOf({ receiver, buffers }: TriggerConfiguration): string {
	return JSON.stringify([receiver, buffers.map(({ config }) => config)]);
}
