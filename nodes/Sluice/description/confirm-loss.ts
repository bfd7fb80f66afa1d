import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

type Show = NonNullable<IDisplayOptions['show']>;

/** `confirm`, `maxRows`: whether rows may go. */
export function confirmLoss(show: Show): INodeProperties[] {
	return confirm(show, {
		displayName: 'If Rows Are Lost',
		counted: 'The output says how many would go',
		description: 'What to do about rows that this operation removes for good',
	});
}

/** The same: whether kept events may come once more. */
export function confirmMore(show: Show): INodeProperties[] {
	return confirm(show, {
		displayName: 'Before It Begins',
		counted: 'The output says how many events there are, and whether they were replayed before',
		description: 'What to do about so many events that the buffer delivers once more',
	});
}

function confirm(
	show: Show,
	texts: {
		readonly displayName: string;
		readonly counted: string;
		readonly description: string;
	},
): INodeProperties[] {
	return [
		{
			displayName: texts.displayName,
			name: 'confirm',
			type: 'options',
			displayOptions: { show },
			options: [
				{ name: 'Do Nothing and Count Them', value: 'ask', description: texts.counted },
				{ name: 'Go On up to a Number', value: 'atMost' },
				{ name: 'Go On', value: 'all' },
			],
			default: 'ask',
			description: texts.description,
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
