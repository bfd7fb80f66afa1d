import { checkWhole } from '../../../check-value';
import { ConfigError } from '../../../errors';
import { DEFAULT_SCHEMA, isSchemaName, MAX_SCHEMA_LENGTH } from '../../../pure/schema-name';
import { SHARED_LIMITS } from '../defaults';
import { type Bounds, type LimitInput, readLimits } from '../limits';

export interface PostgresLimits {
	/** Rows and bytes of one transaction of appends (S22); default 5,000 and 8 MB. */
	readonly maxGroupRows: number;
	readonly maxGroupBytes: number;
	/** Bytes of appends under way; beyond, append fails with ERR_BUFFER_FULL. Default 64 MB. */
	readonly maxBytesInFlight: number;
	/** Bytes of waiting rows and open batches of the whole store (S43); none by default. */
	readonly maxStoreBytes: number | undefined;
}

const BOUNDS: Record<keyof PostgresLimits, Bounds> = SHARED_LIMITS;

const TIMEOUT_MS = { min: 100, max: 600_000, fallback: 10_000 };

/** Becomes part of statements and of the channel's name. */
export function checkSchema(schema: unknown = DEFAULT_SCHEMA): string {
	if (isSchemaName(schema)) return schema;
	throw new ConfigError(
		'store.schema',
		`a name of 1 to ${MAX_SCHEMA_LENGTH} characters a-z, 0-9 and _, not beginning with a digit or pg_`,
		schema,
	);
}

export function checkTimeout(timeoutMs: unknown = TIMEOUT_MS.fallback): number {
	return checkWhole(timeoutMs, 'store.timeoutMs', TIMEOUT_MS);
}

export function checkPostgresLimits(given?: LimitInput<PostgresLimits>): PostgresLimits {
	return readLimits(BOUNDS, given);
}
