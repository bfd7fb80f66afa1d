import type { DatasetOptions } from '../../shared/dataset-options';
import { datasetSink } from '../../shared/dataset-sink';
import { deliverItems } from '../deliver-items';
import type { Operation } from '../run';

const BESIDE = ['domain', 'dataset'];

/** Records are pushed or deleted in order; an item leaves for each that the dataset took. */
export const pushToDataset: Operation = (context) =>
	deliverItems(context, {
		async open() {
			const options = context.getNodeParameter('datasetOptions', 0, {}) as DatasetOptions;
			const settings = {
				...options,
				domain: context.getNodeParameter('domain', 0, '') as string,
				dataset: context.getNodeParameter('dataset', 0, '') as string,
			};
			const { config, resolveSecret } = await datasetSink(context, settings, {
				at: (name) => (BESIDE.includes(name) ? name : `datasetOptions.${name}`),
				// One batch, by itself.
				rows: { output: 'record', order: 'strict', maxInFlight: 1 },
			});
			return { config, ports: { resolveSecret } };
		},
		show(taken) {
			const { operation = 'push' } = context.getNodeParameter(
				'datasetOptions',
				0,
				{},
			) as DatasetOptions;
			const dataset = context.getNodeParameter('dataset', 0, '') as string;
			const json = { dataset, became: operation === 'push' ? 'added' : 'deleted' };
			return taken.map(({ index }) => ({ json, pairedItem: { item: index } }));
		},
	});
