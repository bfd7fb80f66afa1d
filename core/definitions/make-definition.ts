import { fullExportId, type ExportConfig, type ReceiverConfig } from '../config';
import type { SinkConfig } from '../sink/create-sink';
import { DEFINITION_FORMAT, type ExportDefinition, type ReceiverDefinition } from './definition';
import { storedReceiver } from './stored-receiver';
import { storedSink } from './stored-sink';

interface Who {
	readonly key: string;
	readonly label: string;
}

/** @param config checked, its defaults filled in; the texts of its secrets do not get into the definition */
export function receiverDefinition(config: ReceiverConfig, holder: Who): ReceiverDefinition {
	return {
		format: DEFINITION_FORMAT,
		kind: 'receiver',
		id: config.id,
		holder: whoOf(holder),
		config: storedReceiver(config),
	};
}

/** @param config checked, its defaults filled in; the texts of the sink's secrets do not get into the definition */
export function exportDefinition(
	config: ExportConfig,
	holder: Who,
	{
		sink,
		removing,
	}: {
		readonly sink?: SinkConfig | undefined;
		readonly removing?: ExportDefinition['removing'] | undefined;
	},
): ExportDefinition {
	return {
		format: DEFINITION_FORMAT,
		kind: 'export',
		id: fullExportId(config),
		holder: whoOf(holder),
		config,
		...(sink === undefined ? {} : { sink: storedSink(sink, config.origin) }),
		...(removing === undefined ? {} : { removing }),
	};
}

/** A holder may have more to itself, such as a logger. */
function whoOf({ key, label }: Who): Who {
	return { key, label };
}
