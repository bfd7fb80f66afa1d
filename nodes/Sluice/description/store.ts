import type { INodeProperties } from 'n8n-workflow';

export const storeDescription: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['store'] } },
		options: [
			{
				name: 'Back Up',
				value: 'backUp',
				action: 'Back up a store',
				description: 'Make a verified copy of all that the store has, while it goes on',
			},
		],
		default: 'backUp',
	},
	{
		displayName: 'Directory',
		name: 'directory',
		type: 'string',
		displayOptions: { show: { resource: ['store'], operation: ['backUp'] } },
		default: '',
		required: true,
		placeholder: 'e.g. /home/node/.n8n-files/sluice-{{ $now.toFormat("yyyy-MM-dd") }}',
		description:
			'Absolute path of the copy: not there yet, in a directory that is there, and where n8n lets workflows write (N8N_RESTRICT_FILE_ACCESS_TO)',
	},
];
