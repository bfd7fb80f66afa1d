import { ACK_TIMEOUT_MS, inSeconds, NODE_CONDITIONS, RETRY } from '../../core/pure/bounds';
import { buildBatchForm } from './batch-form';
import type { FlowBuffer as BufferSettings } from './buffer-check';
import * as check from './check';
import { buildDataForm } from './data-form';
import { buildFilterForm } from './filter-form';
import { fold, hint, numeric, row, select, textInput, typed, watch } from './form';
import { buildKeepForm } from './keep-form';
import { buildMappingErrorField } from './mapping-error-field';
import { buildOrderForm } from './order-form';
import { element, type EditorNode } from './red';
import type { DialogSample } from './sample';
import { buildSamplePanel } from './sample-panel';
import { text } from './text';
import { wiredNow } from './wires';

export interface BufferForm {
	/** Without id and label. */
	read(): Omit<BufferSettings, 'id' | 'label'>;
}

export interface BufferFormOptions {
	readonly node: EditorNode;
	/** The sample that mappings of the dialog are edited by. */
	readonly sample: DialogSample;
	/** Id of the buffer where it is deployed; none of one that was just added. */
	readonly bufferId?: string | undefined;
	/** Output of the node as it is wired now; none for a buffer that was just added. */
	readonly output?: number | undefined;
	/** Decides what happens to an event that cannot be mapped. */
	readonly fedBy: 'pushes' | 'messages';
	/** Called after every change, with the settings as they are then. */
	readonly changed?: (settings: Omit<BufferSettings, 'id' | 'label'>) => void;
}

/** What of a buffer decides over its rows, as core's `MappingSettings`. */
function mappingOf(settings: Partial<BufferSettings>): object {
	const { data, fields, columns, numbers, batchAs, batchFormat, batchCsvHeader } = settings;
	const { filterTypes, filterTypePath, filterLabels, filterLabelsPath, filterCondition } = settings;
	return {
		...{ data, fields, columns, numbers, batchAs, batchFormat, batchCsvHeader },
		...{ filterTypes, filterTypePath, filterLabels, filterLabelsPath, filterCondition },
	};
}

/** The settings that a buffer has in a receiver and in a node of its own. */
export function buildBufferForm(
	parent: JQuery,
	settings: Partial<BufferSettings>,
	options: BufferFormOptions,
): BufferForm {
	let ready = false;
	const changed = (): void => {
		if (!ready) return;
		onError.show(form.read().data);
		batch.dataChanged();
		panel.refresh();
		options.changed?.(form.read());
	};
	const data = buildDataForm(parent, settings, ['event', 'fields', 'columns'], changed, {
		hasKey: true,
	});

	const onError = buildMappingErrorField(
		parent,
		settings.onMappingError ?? 'reject',
		options.fedBy,
	);

	const numbersContent = row(parent, text('label.numbers'), 'hashtag');
	const numbers = select(
		numbersContent,
		(['double', 'text'] as const).map((value) => [value, text(`numbers.${value}`)] as const),
		settings.numbers ?? 'double',
		'sluice-numbers',
	);
	hint(numbersContent, text('hint.numbers'));
	numbers.on('change', changed);

	const batch = buildBatchForm(parent, settings, { data: () => data.read().data, changed });

	const limits = row(parent, text('label.conditions'), 'hourglass-half');
	const boxes = element('<div>', 'sluice-conditions').appendTo(limits);
	const condition = (
		key: 'count' | 'time' | 'idle' | 'size',
		value: unknown,
		verdict: (value: unknown) => check.Verdict = check[key],
	): JQuery => {
		const box = element('<label>', 'sluice-condition').appendTo(boxes);
		element('<span>', 'sluice-caption', text(`condition.${key}`)).appendTo(box);
		const input = textInput(box, { className: `sluice-${key}`, value });
		watch(input, verdict);
		input.on('change keyup paste', changed);
		return input;
	};
	const count = condition('count', settings.count ?? NODE_CONDITIONS.count);
	const time = condition('time', settings.time ?? NODE_CONDITIONS.time);
	const idle = condition('idle', settings.idle ?? '', (value) => check.idle(value, typed(time)));
	time.on('change keyup paste', () => idle.trigger('change'));
	const size = condition('size', settings.size ?? NODE_CONDITIONS.size);
	hint(limits, text('condition.hint'));

	const doneLine = row(parent, text('label.done'), 'check');
	const done = select(
		doneLine,
		(['auto', 'sent', 'acked'] as const).map((value) => [value, text(`done.${value}`)] as const),
		settings.done ?? 'auto',
		'sluice-done',
	);
	const doneHint = hint(doneLine);
	const ackLine = element('<div>').appendTo(parent);
	const ackContent = row(ackLine, text('label.ackTimeout'), 'clock-o');
	const ackTimeout = textInput(ackContent, {
		className: 'sluice-ack-timeout sluice-short',
		value: settings.ackTimeoutSeconds ?? inSeconds(ACK_TIMEOUT_MS).fallback,
	});
	element('<span>', 'sluice-unit', text('unit.seconds')).appendTo(ackContent);
	hint(ackContent, text('hint.ackTimeout'));
	watch(ackTimeout, (value) => (typed(done) === 'sent' ? true : check.ackTimeout(value)));
	const retryContent = row(ackLine, text('label.retryDelays'), 'repeat');
	const retryDelays = textInput(retryContent, {
		className: 'sluice-retry-delays',
		value: settings.retryDelays ?? RETRY.delays,
	});
	hint(retryContent, text('hint.retryDelays'));
	watch(retryDelays, (value) => (typed(done) === 'sent' ? true : check.retryDelays(value)));
	const showDone = (): void => {
		const chosen = typed(done) as BufferSettings['done'];
		const now = wiredNow(options.node, options.output, chosen);
		doneHint.empty().append(element('<span>', '', text(`doneHint.${chosen}`)));
		doneHint.append(' ', element('<b>', 'sluice-wired-now', now));
		ackLine.toggle(chosen !== 'sent');
		ackTimeout.trigger('change');
		retryDelays.trigger('change');
		changed();
	};
	done.on('change', showDone);

	const more = fold(parent, text('label.filterAndOrder'));
	const filter = buildFilterForm(more.body, settings, { fedBy: options.fedBy, changed });
	const order = buildOrderForm(more.body, settings, changed);
	const keep = buildKeepForm(more.body, settings, changed);
	more.prepare();
	onError.input.on('change', changed);

	const form: BufferForm = {
		read: () => ({
			...data.read(),
			count: numeric(count.val()),
			time: typed(time),
			size: typed(size),
			idle: typed(idle),
			done: typed(done) as BufferSettings['done'],
			ackTimeoutSeconds: numeric(ackTimeout.val()),
			retryDelays: typed(retryDelays),
			onMappingError: onError.read(),
			numbers: typed(numbers) as NonNullable<BufferSettings['numbers']>,
			...batch.read(),
			...filter.read(),
			...order.read(),
			...keep.read(),
		}),
	};
	const panel = buildSamplePanel(data.beside, {
		nodeId: options.node.id,
		sample: options.sample,
		bufferId: options.bufferId,
		mapping: () => mappingOf(form.read()),
		showCells: (cells) => data.showCells(cells),
	});
	ready = true;
	showDone();
	return form;
}
