/** Names of PostgreSQL schemas that a store may have: they become part of statements, and need no quoting. */

/** Of a store whose place names none. */
export const DEFAULT_SCHEMA = 'sluice';

export const MAX_SCHEMA_LENGTH = 48;

const SCHEMA = new RegExp(`^(?!pg_)[a-z_][a-z0-9_]{0,${MAX_SCHEMA_LENGTH - 1}}$`);

export function isSchemaName(name: unknown): name is string {
	return typeof name === 'string' && SCHEMA.test(name);
}
