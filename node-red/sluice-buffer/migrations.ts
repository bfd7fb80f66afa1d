import type { BufferNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: BufferNodeConfig): BufferNodeConfig {
	return config;
}
