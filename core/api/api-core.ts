import type { SealedAgain } from '../definitions/seal-all-again';
import type { Pipeline } from '../pipeline/open-pipeline';
import type { StoredDefinitions } from '../pipeline/stored-definitions';
import type { AccessPorts } from './access/change-access';
import type { Audit } from './access/audit';

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
	/** Data connectors of a project (D4); default MAX_CONNECTORS. */
	readonly maxConnectors?: number | undefined;
}
