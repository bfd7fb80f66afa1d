import type { SignNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: SignNodeConfig): SignNodeConfig {
	return config;
}
