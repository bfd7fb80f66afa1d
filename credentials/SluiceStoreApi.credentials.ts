import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Where events are kept. Tested by the nodes that use it (nodes/shared/credential-tests.ts). */
export class SluiceStoreApi implements ICredentialType {
	name = 'sluiceStoreApi';

	displayName = 'Sluice Store API';

	icon: Icon = { light: 'file:../icons/store.svg', dark: 'file:../icons/store.dark.svg' };

	documentationUrl = 'https://github.com/sluice-nodes/n8n-nodes-sluice/blob/main/nodes/README.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Directory',
			name: 'directory',
			type: 'string',
			default: '',
			placeholder: '/var/lib/sluice',
			description:
				'A folder on a local disk of the n8n host, owned by this n8n alone; a relative path starts in the n8n folder. Empty: sluice/default in the n8n folder.',
		},
	];
}
