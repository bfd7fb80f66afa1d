import { BATCH_FORMS, type BatchForm } from '../../core/pure/batch-forms';
import { FORMAT_NAMES, type FormatName } from '../../core/pure/format-names';
import type { BufferSettings, Verdict } from './check';
import { checkbox, hint, row, select, typed, watch } from './form';
import { element } from './red';
import { text } from './text';

type BatchSettings = Pick<BufferSettings, 'batchAs' | 'batchFormat' | 'batchCsvHeader'>;

/** CSV needs columns; what is hidden does not matter. */
export function batchFormat({
	batchAs = 'rows',
	batchFormat = 'ndjson',
	data,
}: Partial<BatchSettings & Pick<BufferSettings, 'data'>>): Verdict {
	const isFaulty = batchAs !== 'rows' && batchFormat === 'csv' && data === 'event';
	return isFaulty ? text('error.csvColumns', { label: text('label.batchFormat') }) : true;
}

/**
 * What a batch is in its message: its rows, or all of them in one.
 *
 * @param data as it is chosen now
 */
export function buildBatchForm(
	parent: JQuery,
	settings: BatchSettings,
	o: { readonly data: () => BufferSettings['data']; readonly changed: () => void },
): { read(): Required<BatchSettings>; dataChanged(): void } {
	const content = row(parent, text('label.batchAs'), 'envelope-o');
	const as = select(
		content,
		BATCH_FORMS.map((one) => [one, text(`batchAs.${one}`)] as const),
		settings.batchAs ?? 'rows',
		'sluice-batch-as',
	);
	const formatLine = element('<div>').appendTo(parent);
	const formatContent = row(formatLine, text('label.batchFormat'), 'align-left');
	const format = select(
		formatContent,
		FORMAT_NAMES.map((one) => [one, text(`batchFormat.${one}`)] as const),
		settings.batchFormat ?? 'ndjson',
		'sluice-batch-format',
	);
	hint(formatContent, text('hint.batchFormat'));
	const headerLine = element('<div>').appendTo(formatLine);
	const header = checkbox(
		row(headerLine, ''),
		text('label.batchCsvHeader'),
		settings.batchCsvHeader !== false,
	);
	header.addClass('sluice-batch-csv-header').on('change', o.changed);
	const read = (): Required<BatchSettings> => ({
		batchAs: typed(as) as BatchForm,
		batchFormat: typed(format) as FormatName,
		batchCsvHeader: header.is(':checked'),
	});
	const checkFormat = watch(format, () => batchFormat({ ...read(), data: o.data() }));
	const show = (): void => {
		formatLine.toggle(typed(as) !== 'rows');
		headerLine.toggle(typed(format) === 'csv');
		checkFormat();
		o.changed();
	};
	as.on('change', show);
	format.on('change', show);
	show();
	return { read, dataChanged: checkFormat };
}
