import type { Preset } from './preset';

/** Signs nothing. The id of an uplink is also that of its acknowledgement, so it tells no duplicates. */
export const chirpStack: Preset = {
	id: 'chirpstack',
	name: 'ChirpStack',
	ways: [{ scheme: { kind: 'bearer' }, verified: false, secretName: 'Header Authorization' }],
	type: { query: 'event' },
	source: 'https://www.chirpstack.io/docs/chirpstack/integrations/http.html',
};
