import type { Preset } from './preset';

/** Signs nothing. The same group is sent again while it fires, and each time is an event. */
export const alertmanager: Preset = {
	id: 'alertmanager',
	name: 'Alertmanager',
	ways: [
		{ scheme: { kind: 'bearer' }, verified: false, secretName: 'http_config.authorization' },
		{
			scheme: { kind: 'basic' },
			verified: false,
			secretName: 'http_config.basic_auth: username sluice, password',
		},
	],
	type: { path: 'status' },
	source: 'https://prometheus.io/docs/alerting/latest/configuration/#webhook_config',
};
