import type { AckNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: AckNodeConfig): AckNodeConfig {
	return config;
}
