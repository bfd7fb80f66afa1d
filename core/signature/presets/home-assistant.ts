import type { Preset } from './preset';

/** Signs nothing; a `rest_command` sends whatever its headers and payload say. */
export const homeAssistant: Preset = {
	id: 'home-assistant',
	name: 'Home Assistant',
	ways: [{ scheme: { kind: 'bearer' }, verified: false, secretName: 'Header Authorization' }],
	source: 'https://www.home-assistant.io/integrations/rest_command/',
};
