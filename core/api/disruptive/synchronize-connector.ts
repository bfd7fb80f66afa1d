import { DEFAULT_PROJECT } from '../../config';
import { synchronize } from '../../operate/verbs/synchronize';
import type { ApiCore } from '../api-core';
import { exportIdOf, requireConnector } from './connectors';

/**
 * The verb; a project that nothing is pushed to has no devices, so that there is nothing to send.
 *
 * @throws CoreError ERR_CONNECTOR_UNKNOWN; ConfigError where receivers of the project keep no latest events; as `synchronize`
 */
export async function synchronizeConnector(
	core: ApiCore,
	where: { readonly project: string; readonly connector: string },
): Promise<void> {
	await requireConnector(core, where);
	const { good } = await core.stored.list('receiver');
	const hasReceiver = good.some(
		({ definition }) => (definition.config.project ?? DEFAULT_PROJECT) === where.project,
	);
	if (hasReceiver) await synchronize(core.pipeline, exportIdOf(where));
}
