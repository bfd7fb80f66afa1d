import type { ReceiverNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: ReceiverNodeConfig): ReceiverNodeConfig {
	return config;
}
