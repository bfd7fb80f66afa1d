import type { NodeDef } from 'node-red';

/** Brings a saved configuration from one configVersion to the next. */
export type MigrationStep = (saved: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * By node type: the step from configVersion 1 first. None is owed yet, since nothing was released. To add one: the step here, the
 * new `configVersion` in the dialog's `defaults`, and a configuration that the former release saved in the test.
 */
const STEPS: Readonly<Record<string, readonly MigrationStep[]>> = {};

/** A saved configuration of an older release, as this one saves it; Node-RED keeps the old one until the node is edited. */
export function migrate<C extends NodeDef>(config: C, steps = STEPS[config.type] ?? []): C {
	const { configVersion = 1 } = config as NodeDef & { readonly configVersion?: number };
	return steps
		.slice(configVersion - 1)
		.reduce<Record<string, unknown>>(
			(saved, step, index) => ({ ...step(saved), configVersion: configVersion + index + 1 }),
			{ ...config } as Record<string, unknown>,
		) as unknown as C;
}
