/** Data connectors of a project (D57–D78). Success is 200 with a JSON body, whatever was done: clients take nothing else (D64). */
import * as z from 'zod/v4';
import { metrics } from '../../operate/verbs/metrics';
import type { ApiCore } from '../api-core';
import { may, type Principal } from '../access/principal';
import { reply, route } from '../route';
import { connectorSchema } from './connector';
import { createSchema, patchSchema, readNew, readPatch } from './connector-input';
import {
	addConnector,
	changeConnector,
	exportIdOf,
	listConnectors,
	removeConnector,
	requireConnector,
	showConnector,
	type ConnectorOf,
} from './connectors';
import { pageOf, pageQuery } from './page-token';
import { synchronizeConnector } from './synchronize-connector';

const define = route<ApiCore>();

const ALL = '/v2/projects/{project}/dataconnectors';
const ONE = `${ALL}/{connector}` as const;

/** A slash in it would make two names of one. */
const project = z
	.string()
	.min(1)
	.max(180)
	.regex(/^[^/]*$/, 'expected no slash');
const ofProject = z.object({ project });
const ofConnector = z.object({ project, connector: z.string().max(200) });

const target = (path: z.output<typeof ofConnector>) => ({ export: exportIdOf(path) });
const shown = { description: 'The data connector.', json: connectorSchema };
const nothing = { description: 'It is done.', json: z.strictObject({}) };

/** What is put may be refused for. */
const OF_PUT = [
	'ERR_CONFIG_INVALID',
	'ERR_DEFINITION_HELD',
	'ERR_DOCUMENT_CONFLICT',
	'ERR_SECRET_KEY',
	'ERR_SECRET_UNREADABLE',
] as const;

export const connectorRoutes = [
	define({
		method: 'GET',
		pattern: ALL,
		operation: 'listDataConnectors',
		summary: 'Lists the data connectors of a project, in pages of at most 100.',
		scope: 'view',
		input: { path: ofProject, query: pageQuery },
		output: {
			200: {
				description: 'A page, and the token of the next one.',
				json: z.strictObject({
					dataConnectors: z.array(connectorSchema),
					nextPageToken: z.string(),
				}),
			},
		},
		handle: async ({ core, path, query, principal }) => {
			const showsSecrets = showsSecretsTo(principal, path.project);
			const all = await listConnectors(core, { ...path, showsSecrets });
			return reply(200, pageOf(all, { ...path, query }));
		},
	}),

	define({
		method: 'POST',
		pattern: ALL,
		operation: 'createDataConnector',
		summary: 'Makes a data connector; at most 10 in a project, unless the host says otherwise.',
		scope: 'develop',
		input: { path: ofProject, body: { as: 'json', isOfAnyType: true, schema: createSchema } },
		output: { 200: shown },
		errors: OF_PUT,
		handle: async ({ core, path, body, note }) => {
			const connector = await addConnector(core, path.project, readNew(body));
			note({ connector });
			return reply(200, await showConnector(core, { ...path, connector, showsSecrets: true }));
		},
	}),

	define({
		method: 'GET',
		pattern: ONE,
		operation: 'getDataConnector',
		summary: 'Shows a data connector; its secrets to developers alone.',
		scope: 'view',
		target,
		input: { path: ofConnector },
		output: { 200: shown },
		errors: ['ERR_CONNECTOR_UNKNOWN'],
		handle: async ({ core, path, principal }) => {
			const showsSecrets = showsSecretsTo(principal, path.project);
			return reply(200, await showConnector(core, { ...path, showsSecrets }));
		},
	}),

	define({
		method: 'PATCH',
		pattern: ONE,
		operation: 'updateDataConnector',
		summary:
			'Changes what is given, or what the mask names: what that names and the body lacks returns to its default.',
		scope: 'develop',
		target,
		input: {
			path: ofConnector,
			query: z.object({ updateMask: z.string().optional(), update_mask: z.string().optional() }),
			body: { as: 'json', isOfAnyType: true, schema: patchSchema },
		},
		output: { 200: shown },
		errors: [...OF_PUT, 'ERR_CONNECTOR_UNKNOWN'],
		handle: async ({ core, path, query, body }) => {
			const change = readPatch(body, query.updateMask ?? query.update_mask);
			await changeConnector(core, path, change);
			return reply(200, await showConnector(core, { ...path, showsSecrets: true }));
		},
	}),

	define({
		method: 'DELETE',
		pattern: ONE,
		operation: 'deleteDataConnector',
		summary: 'Removes a data connector with what waits in it.',
		scope: 'develop',
		target,
		input: { path: ofConnector },
		output: { 200: nothing },
		errors: ['ERR_CONNECTOR_UNKNOWN', 'ERR_DEFINITION_HELD', 'ERR_DOCUMENT_CONFLICT'],
		handle: async ({ core, path }) => {
			await removeConnector(core, path);
			return reply(200, {});
		},
	}),

	define({
		method: 'GET',
		pattern: `${ONE}:metrics`,
		operation: 'getDataConnectorMetrics',
		summary: 'Counts the requests of the last three hours, and how long they took.',
		scope: 'view',
		target,
		input: { path: ofConnector },
		output: {
			200: {
				description: 'Requests that were taken, and those that were not.',
				json: z.strictObject({
					metrics: z.strictObject({
						successCount: z.int(),
						errorCount: z.int(),
						latency99p: z.string(),
					}),
				}),
			},
		},
		errors: ['ERR_CONNECTOR_UNKNOWN'],
		handle: async ({ core, path }) => {
			await requireConnector(core, path);
			const { clock } = core.access;
			const counted = await metrics(core.pipeline, exportIdOf(path), { clock });
			const { successCount, errorCount, latency99p } = counted;
			return reply(200, { metrics: { successCount, errorCount, latency99p } });
		},
	}),

	define({
		method: 'POST',
		pattern: `${ONE}:sync`,
		operation: 'syncDataConnector',
		summary: 'Sends the latest event of each type of each device of the project once more.',
		scope: 'develop',
		target,
		input: { path: ofConnector },
		output: { 200: nothing },
		errors: ['ERR_CONNECTOR_UNKNOWN', 'ERR_CONFIG_INVALID', 'ERR_QUOTA', 'ERR_REQUEST_TOO_LARGE'],
		handle: async ({ core, path }) => {
			await synchronizeConnector(core, path);
			return reply(200, {});
		},
	}),
];

/** D58; a role below that does not see secrets (`roles.ts`). */
function showsSecretsTo(
	principal: Principal | undefined,
	project: string,
): ConnectorOf['showsSecrets'] {
	return may(principal, { project, scope: 'develop' });
}
