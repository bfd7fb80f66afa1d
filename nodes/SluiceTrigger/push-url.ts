import type { ITriggerFunctions } from 'n8n-workflow';
import type { TriggerConfiguration } from './configuration';

/**
 * Where senders push to, as n8n's editor shows it, and with a secret that was renewed. n8n tells a Trigger the address of the editor alone,
 * which is that of webhooks too, unless the environment says otherwise (N87b).
 */
export function pushUrlOf(
	context: Pick<ITriggerFunctions, 'getInstanceBaseUrl'>,
	{ webhookId }: Pick<TriggerConfiguration, 'webhookId'>,
): (secret?: string) => string {
	const { N8N_WEBHOOK_URL, WEBHOOK_URL, N8N_ENDPOINT_WEBHOOK } = process.env;
	const root = N8N_WEBHOOK_URL || WEBHOOK_URL || context.getInstanceBaseUrl();
	const base = `${root.replace(/^"+|"+$/g, '').replace(/\/+$/, '')}/${N8N_ENDPOINT_WEBHOOK || 'webhook'}`;
	return (secret) =>
		secret === undefined
			? `${base}/${webhookId}/events`
			: `${base}/${webhookId}/${webhookId}/events/${secret}`;
}
