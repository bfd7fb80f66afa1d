import type { ApiCore } from '../api-core';
import { documentationRoute } from '../documentation-route';
import type { Dialect } from '../route';
import { automationErrors } from './automation-errors';
import { automationRoutes } from './automation-routes';

/** The Automation API of Opendatasoft, of it the operations of realtime resources. An API key is a token of an account of one project. */
export const opendatasoftAutomation: Dialect<ApiCore> = {
	name: 'opendatasoft-automation',
	title: 'Opendatasoft Automation API: realtime resources',
	places: [{ prefix: '/api/automation/v1.0' }],
	routes: [
		...automationRoutes,
		documentationRoute('/api/automation/v1.0/openapi.json', () => opendatasoftAutomation),
	],
	credentials: [
		{ kind: 'authorization', scheme: 'apikey' },
		{ kind: 'query', name: 'apikey' },
	],
	errorForm: automationErrors,
};
