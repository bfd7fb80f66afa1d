import type { ApiCore } from '../api-core';
import { documentationRoute } from '../documentation-route';
import type { Dialect } from '../route';
import { connectorRoutes } from './connector-routes';
import { disruptiveErrors } from './error-form';

/** The data connectors of the REST API of Disruptive Technologies, version 2 (docs/spec/disruptive-data-connector.md, sections 6 and 7). */
export const disruptiveDialect: Dialect<ApiCore> = {
	name: 'disruptive-technologies',
	title: 'Disruptive Technologies: Data Connectors',
	places: [{ prefix: '/v2' }],
	routes: [...connectorRoutes, documentationRoute('/v2/openapi.json', () => disruptiveDialect)],
	credentials: [{ kind: 'authorization', scheme: 'bearer' }, { kind: 'basic' }],
	errorForm: disruptiveErrors,
};
