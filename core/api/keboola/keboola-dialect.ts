import type { ApiCore } from '../api-core';
import { documentationRoutes } from './documentation-routes';
import type { Dialect } from '../route';
import { keboolaErrors } from './error-form';
import { exportRoutes } from './export-routes';
import { importRoute } from './import-route';
import { indexRoutes } from './index-routes';
import { receiverRoutes } from './receiver-routes';
import { TOKEN_HEADER } from './receiver-of';
import { operateRoutes } from './operate-routes';
import { taskRoutes } from './task-routes';
import { tokenRoutes } from './token-routes';

/** The Keboola Buffer API: `docs/spec/keboola-buffer.md`, sections 3 to 9. */
export const keboolaDialect: Dialect<ApiCore> = {
	name: 'keboola',
	title: 'Buffer',
	places: [{ path: '/' }, { path: '/health-check' }, { prefix: '/v1' }],
	routes: [
		...indexRoutes,
		...receiverRoutes,
		...exportRoutes,
		...operateRoutes,
		...tokenRoutes,
		...taskRoutes,
		importRoute,
		...documentationRoutes(() => keboolaDialect),
	],
	credentials: [{ kind: 'header', name: TOKEN_HEADER }],
	errorForm: keboolaErrors,
	cors: { headers: ['Content-Type', 'X-StorageApi-Token'] },
};
