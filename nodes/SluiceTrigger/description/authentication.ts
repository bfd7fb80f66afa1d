import type { INodeProperties } from 'n8n-workflow';
import { SCHEMES } from '../../../core/index';
import { SCHEME_TEXTS } from '../../shared/scheme-texts';
import { schemeFields, schemeOptions } from '../../shared/schemes';

const PUSHED = { startOn: ['pushedEvents'] };

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
			displayOptions: { show: PUSHED },
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
					displayOptions: { show: { ...PUSHED, authentication: [kind] } },
				},
			];
		}),
		...schemeFields(SCHEMES, 'verify', { chooser: 'authentication', show: PUSHED }),
	];
}
