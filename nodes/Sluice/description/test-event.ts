import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { SAMPLE_TYPES } from '../../../core/index';

/**
 * The event that a destination, a receiver or a mapping is tested with.
 *
 * @param description what is done with it
 * @param o.kept whether what the store has may be used
 */
export function testEvent(
	show: NonNullable<IDisplayOptions['show']>,
	description: string,
	{ kept = false }: { readonly kept?: boolean } = {},
): INodeProperties[] {
	return [
		{
			displayName: 'Event',
			name: 'testEvent',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show },
			options: [
				{ name: 'Event of Your Own', value: 'own' },
				...(kept ? [{ name: 'Events of the Buffer', value: 'kept' }] : []),
				{ name: 'Sample of a Data Connector', value: 'sample' },
			],
			default: kept ? 'kept' : 'sample',
			description,
		},
		{
			displayName: 'Event Type',
			name: 'sampleType',
			type: 'options',
			displayOptions: { show: { ...show, testEvent: ['sample'] } },
			options: SAMPLE_TYPES.map((type) => ({ name: type, value: type })),
			default: SAMPLE_TYPES[0] ?? '',
			description: 'As Disruptive Technologies call it',
		},
		{
			displayName: 'Event (JSON)',
			name: 'ownEvent',
			type: 'json',
			displayOptions: { show: { ...show, testEvent: ['own'] } },
			default: '{}',
			description: 'What a push to the buffer would have as its body',
		},
	];
}
