import type { ReceiverConfig } from '../config';
import { refuseDeepBody } from '../event/body';
import type { Event } from '../event/event';
import type { Logger } from '../runtime/logger';
import type { AttachedExport, Rendered } from './attached-export';
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

/** The rows of an event in all exports: all of them, or a throw (K69). */
export function renderAll(exports: readonly AttachedExport[], event: Event): Rendered[] {
	const rendered: Rendered[] = [];
	for (const export_ of exports) {
		const one = export_.render(event);
		if (one) rendered.push(one);
	}
	return rendered;
}

/** The rows of items of the flow in one export, none of which any later step may fail on. @throws as renderAll, ReceiveError */
export function renderItems(export_: AttachedExport, events: readonly Event[]): Rendered[] {
	for (const event of events) refuseDeepBody(event);
	return events.flatMap((event) => renderAll([export_], event));
}
