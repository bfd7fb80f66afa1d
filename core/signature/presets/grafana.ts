import type { Preset } from './preset';

/** A contact point of the kind webhook. With the field for a timestamp left empty, as it is at first, the body alone is signed. */
export const grafana: Preset = {
	id: 'grafana',
	name: 'Grafana',
	ways: [
		{
			scheme: { kind: 'hmac', header: 'X-Grafana-Alerting-Signature' },
			verified: false,
			secretName: 'HMAC Signature: Secret',
		},
		{
			scheme: {
				kind: 'hmac',
				header: 'X-Grafana-Alerting-Signature',
				content: '{timestamp}:{body}',
				timestampHeader: 'X-Grafana-Alerting-Timestamp',
			},
			verified: false,
			secretName: 'HMAC Signature: Secret, Timestamp Header X-Grafana-Alerting-Timestamp',
		},
		{ scheme: { kind: 'bearer' }, verified: false, secretName: 'Authorization Header Credentials' },
	],
	type: { path: 'status' },
	source:
		'https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/',
};
