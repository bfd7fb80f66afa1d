import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** `confirm`, `maxRows`: whether rows may go. */
export function confirmLoss(show: NonNullable<IDisplayOptions['show']>): INodeProperties[] {
	return [
		{
			displayName: 'If Rows Are Lost',
			name: 'confirm',
			type: 'options',
			displayOptions: { show },
			options: [
				{
					name: 'Do Nothing and Count Them',
					value: 'ask',
					description: 'The output says how many would go',
				},
				{ name: 'Go On up to a Number', value: 'atMost' },
				{ name: 'Go On', value: 'all' },
			],
			default: 'ask',
			description: 'What to do about rows that this operation removes for good',
		},
		{
			displayName: 'Rows at Most',
			name: 'maxRows',
			type: 'number',
			typeOptions: { minValue: 0 },
			displayOptions: { show: { ...show, confirm: ['atMost'] } },
			default: 0,
			description: 'With more nothing is done',
		},
	];
}
