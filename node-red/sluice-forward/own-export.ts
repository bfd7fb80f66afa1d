import { toExport, type BufferSettings, type ExportInput } from '../../core/index';
import { inForward } from './endpoint';

/**
 * What leaves in one request. as: a batch or a message, as it comes. row: each event of it. batch: as many events as the node has
 * collected.
 */
export type Send = 'as' | 'row' | 'batch';

export interface OwnExportConfig extends BufferSettings {
	readonly send?: Send;
	readonly store?: string;
}

/** More messages under way at once would gain nothing over HTTP; fewer would let one slow answer hold up the rest. */
const IN_FLIGHT = 4;

/** At once where events are not collected. */
const AT_ONCE = { count: 1, time: '1s', idle: '' } as const;

/** The export that is the node's own buffer. @throws ConfigError naming the dialog's field */
export function ownExport(nodeId: string, label: string, config: OwnExportConfig): ExportInput {
	const { send = 'as', order = 'any', maxInFlight = '', onMappingError = 'dead' } = config;
	const settings: BufferSettings = {
		...config,
		// Whoever sent an event of a batch has been answered long ago: it waits, alone, until the columns fit.
		onMappingError,
		...(send === 'batch' ? {} : AT_ONCE),
		// A message that leaves as it comes is no row.
		...(send === 'as' ? { data: 'event' } : {}),
		// Under strict order all of them wait for the first.
		maxInFlight: order === 'strict' ? 1 : maxInFlight === '' ? IN_FLIGHT : maxInFlight,
	};
	const who = { id: 'main', receiverId: `items:${nodeId}`, label };
	return toExport(who, settings, inForward);
}
