import { documentationRoute } from '../documentation-route';
import type { Dialect } from '../route';
import { sluiceErrors } from './error-form';
import { indexRoutes } from './index-routes';

/** Our own API: what the vendors' dialects have no words for. */
export const sluiceDialect: Dialect<unknown> = {
	name: 'sluice',
	title: 'Sluice',
	places: [{ prefix: '/v1/sluice' }],
	routes: [...indexRoutes, documentationRoute('/v1/sluice/openapi.json', () => sluiceDialect)],
	credentials: [{ kind: 'authorization', scheme: 'bearer' }, { kind: 'basic' }],
	errorForm: sluiceErrors,
};
