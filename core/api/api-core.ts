import type { SealedAgain } from '../definitions/seal-all-again';
import type { Pipeline } from '../pipeline/open-pipeline';
import type { StoredDefinitions } from '../pipeline/stored-definitions';
import type { AccessPorts } from './access/change-access';
import type { Audit } from './access/audit';
import type { ApiTables } from './api-tables';
import type { Tasks } from './keboola/tasks/tasks';

/** What routes about access need: a store is enough, whether a host has it or not. */
export interface AccessCore {
	readonly access: AccessPorts;
	readonly audit: Audit;
	/** Seals with the newest key what definitions hold. */
	readonly sealDefinitions: () => Promise<SealedAgain>;
}

/** What the routes of all dialects may call. A dialect that needs more of the world adds it here. */
export interface ApiCore extends AccessCore {
	readonly pipeline: Pipeline;
	/** Definitions that were made over an API. */
	readonly stored: StoredDefinitions;
	/** Scheme and authority by which clients reach the API, without a slash at its end. */
	readonly baseUrl: string;
	/** Where exports that are made over an API load their tables; absent: nowhere. */
	readonly tables?: ApiTables | undefined;
	/** What the Keboola API does behind its answers. */
	readonly tasks: Pick<Tasks, 'start' | 'get'>;
	/** Data connectors of a project (D4); default 10. */
	readonly maxConnectors?: number | undefined;
}
