import type { Node, NodeAPI, NodeDef } from 'node-red';
import { compileMapping, ConfigError, toColumns, type DataSettings } from '../../core/index';
import type { BatchMessage } from '../runtime/batch-message';
import { workRows } from '../runtime/batch-rows';
import { onInput } from '../runtime/input';
import { itemEvent } from '../runtime/item-event';
import { startNode } from '../runtime/start-node';
import { reportTo, translator } from '../runtime/status';

export type MapNodeConfig = NodeDef & DataSettings & { readonly each?: boolean };

/** Replaces the payload by its record; with `each`, every element of an array payload. */
export function startMap(RED: NodeAPI, node: Node, config: MapNodeConfig): void {
	startNode(node, (status) => {
		const translate = translator(RED);
		const columns = toColumns(config);
		if (!columns) throw new ConfigError('data', 'fields or columns');
		const mapping = compileMapping({ columns });
		const work = (message: BatchMessage, send: (message: BatchMessage) => void): void => {
			const { payload } = message;
			const map = (one: unknown): unknown => mapping.renderRecord(itemEvent(RED, message, one));
			const isList = config.each && Array.isArray(payload);
			message.payload = isList
				? (workRows(message, map)?.values ?? payload.map(map))
				: map(payload);
			send(message);
			status.show('green', 'ring', translate('status.mapped'));
		};
		onInput(node, reportTo(status, translate), work, { settles: true });
	});
}
