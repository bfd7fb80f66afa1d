import {
	ALERTS_RECEIVER,
	onStoreAlert,
	toExport,
	type AlertsConfig,
	type ExportInput,
} from '../../core/index';
import { executionSink } from './executions';
import { keepsRows } from './followers';
import { holderOf } from './holder';
import { alertItem, rowOf } from './items';
import type { StartPorts } from './start-ports';
import { readTold } from './told';

/**
 * Alerts are rows of a buffer of their own: they wait, come again and survive restarts as any, and those of one second are items of one
 * execution. Those of the store itself start an execution at once, since the store may take nothing.
 *
 * @throws CoreError
 */
export async function startAlerts({ context, pipeline, onClose }: StartPorts): Promise<void> {
	const { kinds, buffers, withText, retryDelays } = readTold(context);
	const holder = holderOf(context);
	const alerts: AlertsConfig = {
		...(kinds.length > 0 ? { kinds } : {}),
		...(buffers ? { exports: buffers } : {}),
		withText,
	};
	const config: ExportInput = {
		...toExport(
			{ id: holder.key, receiverId: ALERTS_RECEIVER, label: holder.label },
			{ count: 100, time: '1s', retryDelays },
			(name) => `options.${name}`,
		),
		alerts,
	};
	const sink = keepsRows(context)
		? {}
		: executionSink(context, { output: 0, outputs: 1, toItem: alertItem });
	const attachment = pipeline.attachExport({ config, ...sink }, holder);
	onClose(() => attachment.detach({ gone: true }));
	await attachment.ready;
	onClose(
		onStoreAlert(pipeline, { wanted: alerts, by: holder.key }, (alert) =>
			context.emit([[rowOf(alert)]]),
		),
	);
}
