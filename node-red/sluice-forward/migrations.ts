import type { ForwardNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: ForwardNodeConfig): ForwardNodeConfig {
	return config;
}
