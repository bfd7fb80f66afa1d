import type { MapNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: MapNodeConfig): MapNodeConfig {
	return config;
}
