import type { INodeProperties } from 'n8n-workflow';
import { NODE_WAYS, SCHEMES } from '../../../core/index';
import { SCHEME_TEXTS } from '../../shared/scheme-texts';
import { schemeFields, schemeOptions } from '../../shared/schemes';
import { ANY_SENDER } from './sender';

const PUSHED = { startOn: ['pushedEvents'] };
const BY_HAND = { ...PUSHED, sender: [ANY_SENDER] };

/** Of a Trigger that was just added. */
export const DEFAULT_AUTHENTICATION = SCHEMES[0]?.kind ?? '';

/** How pushes prove who sent them. */
export function authenticationParameters(): INodeProperties[] {
	return [
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			default: DEFAULT_AUTHENTICATION,
			noDataExpression: true,
			displayOptions: { show: BY_HAND },
			options: schemeOptions(SCHEMES),
		},
		...SCHEMES.flatMap(({ kind }): INodeProperties[] => {
			const { notice } = SCHEME_TEXTS[kind] ?? {};
			if (notice === undefined) return [];
			return [
				{
					displayName: notice,
					name: 'authenticationNotice',
					type: 'notice',
					default: '',
					displayOptions: { show: { ...BY_HAND, authentication: [kind] } },
				},
			];
		}),
		...schemeFields(SCHEMES, 'verify', { chooser: 'authentication', show: BY_HAND }),
		...otherWays(),
	];
}

/** More than one sender, or one that changes over. On n8n's URL each request has the secret of the URL: it would be no other way. */
function otherWays(): INodeProperties[] {
	const schemes = SCHEMES.filter(({ isOpen, isSecretInUrl }) => !isOpen && !isSecretInUrl);
	return [
		{
			displayName: 'Several Authentications',
			name: 'severalWays',
			type: 'boolean',
			default: false,
			noDataExpression: true,
			displayOptions: { show: PUSHED },
			description:
				'Whether pushes may also prove by another way who sent them; one that succeeds is enough',
		},
		{
			displayName: 'Other Authentications',
			name: 'otherWays',
			type: 'fixedCollection',
			typeOptions: {
				multipleValues: true,
				maxAllowedFields: NODE_WAYS - 1,
				multipleValueButtonText: 'Add Authentication',
			},
			placeholder: 'Add Authentication',
			default: {},
			noDataExpression: true,
			displayOptions: { show: { ...PUSHED, severalWays: [true] } },
			description:
				'Each has a secret of its own in the signature credential: Secret of the Second Way, then of the third',
			options: [
				{
					displayName: 'Way',
					name: 'values',
					values: [
						{
							displayName: 'Authentication',
							name: 'way',
							type: 'options',
							default: schemes[0]?.kind ?? '',
							noDataExpression: true,
							options: schemeOptions(schemes),
						},
						...schemeFields(schemes, 'verify', { chooser: 'way' }),
					],
				},
			],
		},
	];
}
