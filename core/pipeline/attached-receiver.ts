import type { ReceiverConfig } from '../config';
import { refuseDeepBody } from '../event/body';
import type { Event } from '../event/event';
import type { Logger } from '../runtime/logger';
import type { AppendedEvent } from '../buffer/store';
import type { TakenEvent } from '../receiver/intake/keys';
import { type AttachedExport, type Rendered, toAppended } from './attached-export';
import type { PathMisses } from './path-misses';

/** A receiver that a pipeline holds, with its exports. */
export interface AttachedReceiver {
	readonly config: ReceiverConfig;
	readonly exports: readonly AttachedExport[];
	readonly holder: Holder;
	/** Resolves when the store knows all exports. */
	ready: Promise<void>;
	/** Answers 503 from now on. */
	detached: boolean;
	accepted: number;
	refused: number;
	pathMisses: PathMisses;
}

/** Who holds a receiver or export: key is the identity (a node's id), label is for people, logger hears what concerns it. */
export interface Holder {
	readonly key: string;
	readonly label: string;
	/** Default: that of the pipeline. */
	readonly logger?: Logger | undefined;
}

/**
 * Events as they are appended together: the rows of each in all these exports, and its keys. All of them, or a throw (K69).
 *
 * @throws MappingError where onMappingError is reject
 */
export function renderEvents(
	exports: readonly AttachedExport[],
	events: readonly TakenEvent[],
): AppendedEvent[] {
	return events.map(({ event, dedupeKeys }) => toAppended(renderAll(exports, event), dedupeKeys));
}

/** Items of the flow as they are appended to one export, none of which any later step may fail on. @throws as renderEvents, ReceiveError */
export function renderItems(export_: AttachedExport, events: readonly Event[]): AppendedEvent[] {
	for (const event of events) refuseDeepBody(event);
	return events.map((event) => toAppended(renderAll([export_], event)));
}

/** The rows of an event. */
function renderAll(exports: readonly AttachedExport[], event: Event): Rendered[] {
	const rendered: Rendered[] = [];
	for (const export_ of exports) {
		const one = export_.render(event);
		if (one) rendered.push(one);
	}
	return rendered;
}
