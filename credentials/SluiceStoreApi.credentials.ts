import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';
import { DEFAULT_SCHEMA, grouped, KEEP_FREE_MB } from '../core/index';

const ofPostgres = { kind: ['postgres'] };
const ofValues = { ...ofPostgres, configurationType: ['values'] };

/**
 * Where events are kept. Tested by the nodes that use it (nodes/shared/credential-tests.ts). What was saved before there was a
 * choice holds a directory alone. Names are those of n8n's own Postgres and MongoDB credentials where they have the field.
 */
export class SluiceStoreApi implements ICredentialType {
	name = 'sluiceStoreApi';

	displayName = 'Sluice Store API';

	icon: Icon = { light: 'file:../icons/store.svg', dark: 'file:../icons/store.dark.svg' };

	documentationUrl = 'https://github.com/sluice-nodes/n8n-nodes-sluice/blob/main/nodes/README.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Keep Events In',
			name: 'kind',
			type: 'options',
			options: [
				{
					name: 'Directory on This Machine',
					value: 'directory',
					description: 'One n8n process owns it; needs nothing else',
				},
				{
					name: 'PostgreSQL',
					value: 'postgres',
					description: 'Several processes and hosts share it; needed in queue mode',
				},
			],
			default: 'directory',
		},
		{
			displayName: 'Directory',
			name: 'directory',
			type: 'string',
			displayOptions: { show: { kind: ['directory'] } },
			default: '',
			placeholder: '/var/lib/sluice',
			description:
				'A folder on a local disk of the n8n host, owned by this n8n alone; a relative path starts in the n8n folder. Empty: sluice/default in the n8n folder.',
		},
		{
			displayName: 'Keep Free (MB)',
			name: 'keepFreeMb',
			type: 'string',
			displayOptions: { show: { kind: ['directory'] } },
			default: '',
			placeholder: '256',
			description: `Pushes are refused with 503 while less than this is free on its disk, ${KEEP_FREE_MB.min} to ${grouped(KEEP_FREE_MB.max)} MB. Empty: by the size of the disk.`,
		},
		{
			displayName: 'Configuration Type',
			name: 'configurationType',
			type: 'options',
			displayOptions: { show: ofPostgres },
			options: [
				{ name: 'Connection String', value: 'connectionString' },
				{ name: 'Values', value: 'values' },
			],
			default: 'values',
		},
		// The rule knows secrets by their names, and a password is in this one.
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password
		{
			displayName: 'Connection String',
			name: 'connectionString',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: { ...ofPostgres, configurationType: ['connectionString'] } },
			default: '',
			required: true,
			placeholder: 'postgresql://<USER>:<PASSWORD>@<HOST>:5432/<DATABASE>?sslmode=verify-full',
		},
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			displayOptions: { show: ofValues },
			default: 'localhost',
		},
		{
			displayName: 'Database',
			name: 'database',
			type: 'string',
			displayOptions: { show: ofValues },
			default: 'postgres',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			displayOptions: { show: ofValues },
			default: 'postgres',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: ofValues },
			default: '',
		},
		{
			displayName: 'SSL',
			name: 'ssl',
			type: 'options',
			displayOptions: { show: ofValues },
			options: [
				{ name: 'Disable', value: 'disable' },
				{ name: 'Require', value: 'require' },
				{
					name: 'Require, Ignore Certificate Issues (Insecure)',
					value: 'noVerify',
					description: 'Encrypted, but anybody may be at the other end',
				},
			],
			default: 'disable',
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			displayOptions: { show: ofValues },
			default: 5432,
		},
		{
			displayName: 'Schema',
			name: 'schema',
			type: 'string',
			displayOptions: { show: ofPostgres },
			default: DEFAULT_SCHEMA,
			description:
				'A schema of its own for the tables of the store; it is made when it is missing, which needs CREATE on the database',
		},
	];
}
