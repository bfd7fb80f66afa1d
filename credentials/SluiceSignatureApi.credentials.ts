import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { grouped, SECRET_RULES } from '../core/index';

const { min, max } = SECRET_RULES.signature;

/** Signs and verifies bodies. Tested by the nodes that use it (nodes/shared/credential-tests.ts). */
export class SluiceSignatureApi implements ICredentialType {
	name = 'sluiceSignatureApi';

	displayName = 'Sluice Signature API';

	icon: Icon = { light: 'file:../icons/signature.svg', dark: 'file:../icons/signature.dark.svg' };

	documentationUrl = 'https://github.com/sluice-nodes/n8n-nodes-sluice/blob/main/nodes/README.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: `The signature secret that sender and receiver share, ${min} to ${grouped(max)} characters or a key in PEM; new signatures use it. White space around it does not count.`,
		},
		{
			displayName: 'Previous Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Still accepted when a signature is verified, and signs beside the new one where a signature header takes several, so that a secret can be changed without a gap; leave it empty otherwise',
		},
		...['Second', 'Third'].map((way, index): INodeProperties => ({
			displayName: `Secret of the ${way} Way`,
			name: `secret${index + 2}`,
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: `Of a Trigger that takes pushes by several ways, each with a secret of its own; leave it empty otherwise`,
		})),
		{
			displayName: 'Verify Token',
			name: 'verifyToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'What the sender shows when it tries the address, for the handshakes of Meta and Strava; leave it empty otherwise',
		},
	];
}
