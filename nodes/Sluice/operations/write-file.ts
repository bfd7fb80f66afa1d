import { basename } from 'node:path';
import { DeliveryError, textList } from '../../../core/index';
import type { FileNowOptions } from '../../shared/files-options';
import { filesSink } from '../../shared/files-sink';
import { deliverItems, fieldsOf, pairedWith } from '../deliver-items';
import type { Operation } from '../run';

/** One file of all items, which is complete and has its name when it leaves. */
export const writeFile: Operation = (context) =>
	deliverItems(context, {
		open(items) {
			const directory = context.getNodeParameter('directory', 0, '') as string;
			const { fileColumns = '', ...options } = context.getNodeParameter(
				'fileOptions',
				0,
				{},
			) as FileNowOptions;
			// The one batch is the file.
			const settings = { ...options, data: 'columns', directory, fileAge: '' } as const;
			const { config, directories } = filesSink(settings, (name) =>
				name === 'directory' ? name : `fileOptions.${name}`,
			);
			const chosen = textList(fileColumns);
			const columns = chosen.length > 0 ? chosen : fieldsOf(items);
			return { config, ports: { directories }, ...(config.format === 'csv' ? { columns } : {}) };
		},
		show(taken, { file }) {
			if (!file) throw unnamed();
			const { path, bytes, rows } = file;
			const json = { path, fileName: basename(path), bytes, rows };
			return [{ json, pairedItem: pairedWith(taken) }];
		},
	});

function unnamed(): DeliveryError {
	const message =
		'the rows are on disk, but their file could not be given its name; the log of n8n says why';
	const advice =
		'Run the node again: it gives the file its name, and writes nothing twice where the items are the same.';
	return new DeliveryError('ERR_SINK_UNAVAILABLE', message, { details: { advice } });
}
