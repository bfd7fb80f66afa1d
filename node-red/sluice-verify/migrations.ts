import type { VerifyNodeConfig } from './controller';

/** Brings a saved configuration to configVersion 1, the first. */
export function migrate(config: VerifyNodeConfig): VerifyNodeConfig {
	return config;
}
