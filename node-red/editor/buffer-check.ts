import { MAX_EXPORTS, RETRY } from '../../core/pure/bounds';
import { batchFormat } from './batch-form';
import * as check from './check';
import type { BufferSettings } from './check';
import { checkFilter, type FilterSettings } from './filter-check';
import { text } from './text';

/** A buffer of the flow, as saved. */
export type FlowBuffer = BufferSettings & FilterSettings;

/** Everything that is wrong with one buffer, but its label. */
export function bufferFaults(settings: Partial<FlowBuffer>): string[] {
	const { done, order = 'any' } = settings;
	const isSent = done === 'sent';
	return [
		...check.failures(
			check.count(settings.count),
			check.time(settings.time),
			check.size(settings.size),
			check.idle(settings.idle, settings.time),
			isSent ? true : check.ackTimeout(settings.ackTimeoutSeconds),
			isSent ? true : check.retryDelays(settings.retryDelays ?? RETRY.delays),
			batchFormat(settings),
			check.keepDays(settings.keepDays),
			check.keepGb(settings.keepGb),
			order === 'key' ? orderKeyPath(settings.orderKeyPath) : true,
		),
		...check.data(settings),
		...checkFilter(settings),
	];
}

export function orderKeyPath(value: unknown): check.Verdict {
	return check.placeInBody(text('label.orderKeyPath'), value);
}

/** The buffers of a receiver, for Node-RED: true, or all messages. */
export function checkBuffers(value: unknown): true | readonly string[] {
	const list = Array.isArray(value) ? (value as Partial<FlowBuffer>[]) : [];
	if (list.length < 1 || list.length > MAX_EXPORTS)
		return [text('error.buffers', { max: MAX_EXPORTS })];
	const labels = list.map(({ label }) => label);
	const found = list.flatMap((buffer, index) => {
		const prefix = text('error.inBuffer', { label: buffer.label || index + 1 });
		const label = check.uniqueName(text('label.label'), buffer.label, labels);
		return [...check.failures(label), ...bufferFaults(buffer)].map(
			(message) => `${prefix} ${message}`,
		);
	});
	return check.all(found);
}
