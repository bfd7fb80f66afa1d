import type { ApiCore } from '../api-core';
import { documentationRoute } from '../documentation-route';
import type { Dialect } from '../route';
import { accountRoutes } from './account-routes';
import { auditRoutes } from './audit-routes';
import { credentialRoutes } from './credential-routes';
import { definitionRoutes } from './definition-routes';
import { sluiceErrors } from './error-form';
import { exportRoutes } from './export-routes';
import { indexRoutes } from './index-routes';
import { secretRoutes } from './secret-routes';

/** Routes that need no more than a store: the command line calls them, too, where no host has it. */
export const accessRoutes = [
	...accountRoutes,
	...credentialRoutes,
	...auditRoutes,
	...secretRoutes,
];

/** Our own API: what the vendors' dialects have no words for. */
export const sluiceDialect: Dialect<ApiCore> = {
	name: 'sluice',
	title: 'Sluice',
	places: [{ prefix: '/v1/sluice' }],
	routes: [
		...indexRoutes,
		...accessRoutes,
		...definitionRoutes,
		...exportRoutes,
		documentationRoute('/v1/sluice/openapi.json', () => sluiceDialect),
	],
	credentials: [{ kind: 'authorization', scheme: 'bearer' }, { kind: 'basic' }],
	errorForm: sluiceErrors,
};
