import type { ITriggerFunctions } from 'n8n-workflow';
import type { Pipeline } from '../../core/index';

/** What a start is given. */
export interface StartPorts {
	readonly context: ITriggerFunctions;
	readonly pipeline: Pipeline;
	/** Hears that the Trigger ends, and when its start failed half-way; the last one that asked first. */
	readonly onClose: (close: () => unknown) => void;
}
