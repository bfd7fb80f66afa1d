/** Which events a buffer takes, for the Trigger. To add one: the setting in core/settings, and its entry here. */
import type { INodeProperties } from 'n8n-workflow';
import { ConfigError, LABEL_RULES, type BufferSettings, type LabelSetting } from '../../core/index';
import { optionsCollection, type Option } from './options-collection';

const RULES: Readonly<Record<(typeof LABEL_RULES)[number], string>> = {
	has: 'Is There',
	hasNot: 'Is Not There',
	equals: 'Is',
	in: 'Is One Of',
};

const OPTIONS: readonly Option[] = [
	{
		displayName: 'Condition (Jsonnet)',
		name: 'filterCondition',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. Body("event.data.temperature.value") > 30',
		description: 'Only events for which it gives true; it has to give true or false',
	},
	{
		displayName: 'Event Types',
		name: 'filterTypes',
		type: 'string',
		default: '',
		placeholder: 'e.g. temperature, touch',
		description:
			'Only events of these types, separated by commas. Where the type is in an event says Event Type Path, under Options.',
	},
	{
		displayName: 'Event Types Path',
		name: 'filterTypePath',
		type: 'string',
		default: '',
		placeholder: 'e.g. event.eventType',
		displayOptions: { show: { '/startOn': ['workflowItems'] } },
		description: 'Where an item has its type',
	},
	{
		displayName: 'Labels',
		name: 'filterLabels',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Label' },
		placeholder: 'Add Label',
		default: {},
		description: 'Only events whose labels are so, all of them',
		options: [
			{
				displayName: 'Label',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'key',
						type: 'string',
						default: '',
						noDataExpression: true,
					},
					{
						displayName: 'Rule',
						name: 'rule',
						type: 'options',
						default: 'has',
						noDataExpression: true,
						options: LABEL_RULES.map((value) => ({ name: RULES[value], value })),
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						noDataExpression: true,
						displayOptions: { show: { rule: ['equals', 'in'] } },
						description: 'Of Is One Of several, separated by commas',
					},
				],
			},
		],
	},
	{
		displayName: 'Labels Path',
		name: 'filterLabelsPath',
		type: 'string',
		default: '',
		placeholder: 'e.g. labels',
		description: 'Where the JSON body has the labels, an object',
	},
];

export const FILTER_OPTIONS: readonly string[] = OPTIONS.map(({ name }) => name);

/** As the collection gives them: what was not added is absent. */
export interface FilterOptions extends Pick<
	BufferSettings,
	'filterTypes' | 'filterTypePath' | 'filterLabelsPath' | 'filterCondition'
> {
	readonly filterLabels?: { readonly values?: readonly LabelSetting[] };
}

export const filterParameter: INodeProperties = optionsCollection({
	displayName: 'Only Events',
	name: 'filter',
	placeholder: 'Add Filter',
	options: OPTIONS,
});

/** In core's words. @throws ConfigError for a condition that n8n would take for an expression */
export function filterSettings(
	{ filterLabels, ...others }: FilterOptions,
	at: (name: string) => string,
): Partial<BufferSettings> {
	if (others.filterCondition?.startsWith('=') === true) {
		throw new ConfigError(
			at('filterCondition'),
			'a condition that does not begin with "=" (n8n takes that for an expression)',
		);
	}
	return { ...others, filterLabels: filterLabels?.values };
}
