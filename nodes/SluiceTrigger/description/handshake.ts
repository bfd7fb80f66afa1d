import type { INodeProperties } from 'n8n-workflow';
import { handshakeOptions } from '../../shared/handshake-texts';
import { ANY_SENDER } from './sender';

/** How the sender tries the address before it pushes there. */
export const handshakeParameter: INodeProperties = {
	displayName: 'Handshake',
	name: 'handshake',
	type: 'options',
	default: 'none',
	noDataExpression: true,
	displayOptions: { show: { startOn: ['pushedEvents'], sender: [ANY_SENDER] } },
	options: handshakeOptions(),
	description:
		'Of a sender that tries the address before it pushes there. It is answered and never stored, at the test URL as well.',
};
