import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { confirmMore } from './confirm-loss';

/** Which kept events, and whether they are to come. */
export function replayKeptParameters(
	show: NonNullable<IDisplayOptions['show']>,
): INodeProperties[] {
	const displayOptions = { show };
	return [
		{
			displayName: 'From',
			name: 'from',
			type: 'dateTime',
			displayOptions,
			default: '',
			description: 'When the first of the events came; empty for all that are kept',
		},
		{
			displayName: 'Until',
			name: 'until',
			type: 'dateTime',
			displayOptions,
			default: '',
			description: 'Events that came before; empty for now',
		},
		{
			displayName: 'Types',
			name: 'types',
			type: 'string',
			displayOptions,
			default: '',
			placeholder: 'e.g. temperature, touch',
			description: 'Only events of these types, separated by commas; empty for all',
		},
		{
			displayName: 'Event IDs',
			name: 'eventIds',
			type: 'string',
			displayOptions,
			default: '',
			description: 'Only events with these IDs, separated by commas; empty for all',
		},
		...confirmMore(show),
	];
}
