import type { ApiCore } from '../api-core';
import { documentationRoute } from '../documentation-route';
import type { Dialect } from '../route';
import { pushErrors } from './push-errors';
import { pushRoutes } from './push-routes';

/** The push API of Opendatasoft. Its key is that of each receiver: no account pushes. */
export const opendatasoftPush: Dialect<ApiCore> = {
	name: 'opendatasoft-push',
	title: 'Opendatasoft push API',
	places: [{ prefix: '/api/push/1.0' }],
	routes: [...pushRoutes, documentationRoute('/api/push/1.0/openapi.json', () => opendatasoftPush)],
	credentials: [],
	errorForm: pushErrors,
};
