/** Where the credentials of the Trigger show: each hangs on one hidden parameter, and that on these places. */
import type { IDisplayOptions } from 'n8n-workflow';
import { PUSH_KEY_PARAMETER } from '../../shared/dataset-options';
import { handshakesWithToken } from '../../shared/handshake-texts';
import { PROXY_PARAMETER } from '../../shared/proxy-authentication';
import { kindsWithCredential } from '../../shared/schemes';
import { SSL_PARAMETER } from '../../shared/ssl-certificates';
import { POSTGRES_PARAMETER } from '../../shared/table-options';
import { TOLD } from '../start-on';
import { HIDE_WITH_SEVERAL } from './buffer';
import { OWN_TLS_PLACE } from './own-port';
import { ANY_SENDER, sendersWithCredential } from './sender';

/** Where the credentials show that are for more than one thing. */
export const SIGNING_PLACES: readonly IDisplayOptions[] = [
	{
		show: {
			startOn: ['pushedEvents'],
			sender: [ANY_SENDER],
			authentication: kindsWithCredential(),
		},
	},
	{
		show: { startOn: ['pushedEvents'], sender: [ANY_SENDER], handshake: handshakesWithToken() },
	},
	{ show: { startOn: ['pushedEvents'], sender: sendersWithCredential() } },
	{ show: { startOn: ['pushedEvents'], severalWays: [true] } },
	{ show: { then: ['http'], signWith: kindsWithCredential() }, hide: HIDE_WITH_SEVERAL },
	{
		show: { severalBuffers: [true], forwardSignature: ['credential'] },
		hide: { startOn: [...TOLD] },
	},
];
/** Where the key of datasets shows. */
export const PUSH_KEY_PLACES: readonly IDisplayOptions[] = [
	{ show: { then: ['opendatasoft'] }, hide: HIDE_WITH_SEVERAL },
	{
		show: { severalBuffers: [true], [PUSH_KEY_PARAMETER]: [true] },
		hide: { startOn: [...TOLD] },
	},
];
/** Where the PostgreSQL of tables shows. */
export const POSTGRES_PLACES: readonly IDisplayOptions[] = [
	{ show: { then: ['table'], database: ['postgres'] }, hide: HIDE_WITH_SEVERAL },
	{
		show: { severalBuffers: [true], [POSTGRES_PARAMETER]: [true] },
		hide: { startOn: [...TOLD] },
	},
];
export const USER_PLACES: readonly IDisplayOptions[] = [
	{ show: { then: ['http'], forwardAuth: ['basic'] }, hide: HIDE_WITH_SEVERAL },
	{
		show: { then: ['http'], [PROXY_PARAMETER]: [true] },
		hide: HIDE_WITH_SEVERAL,
	},
	{ show: { severalBuffers: [true], forwardAuth: ['basic'] }, hide: { startOn: [...TOLD] } },
	{ show: { severalBuffers: [true], [PROXY_PARAMETER]: [true] }, hide: { startOn: [...TOLD] } },
];
export const SSL_PLACES: readonly IDisplayOptions[] = [
	{ show: { then: ['http'], [SSL_PARAMETER]: [true] }, hide: HIDE_WITH_SEVERAL },
	{ show: { severalBuffers: [true], [SSL_PARAMETER]: [true] }, hide: { startOn: [...TOLD] } },
	OWN_TLS_PLACE,
];
