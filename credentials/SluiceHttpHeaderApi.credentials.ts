import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A header sent with forwarded batches. Tested by the nodes that use it (nodes/shared/credential-tests.ts). */
export class SluiceHttpHeaderApi implements ICredentialType {
	name = 'sluiceHttpHeaderApi';

	displayName = 'Sluice HTTP Header API';

	icon: Icon = {
		light: 'file:../icons/http-header.svg',
		dark: 'file:../icons/http-header.dark.svg',
	};

	documentationUrl = 'https://github.com/sluice-nodes/n8n-nodes-sluice/blob/main/nodes/README.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			default: 'Authorization',
			required: true,
			description:
				'Name of the header, sent where a node says "Header to Forward With: From a Credential"',
		},
		// The rule knows secrets by their names and this name is fixed; the value of an Authorization header is one.
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password
		{
			displayName: 'Header Value',
			name: 'headerValue',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'Bearer …',
			description: 'The whole value, with its scheme where the endpoint asks for one',
		},
	];
}
