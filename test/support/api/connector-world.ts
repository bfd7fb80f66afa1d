/** The API of data connectors on a real port, over a pipeline of its own. */
import { apiCore } from '../../../core/api/open-api';
import { disruptiveDialect } from '../../../core/api/disruptive/disruptive-dialect';
import { newExport } from '../../../core/api/disruptive/connector-export';
import { createSchema, readNew } from '../../../core/api/disruptive/connector-input';
import type { Principal } from '../../../core/api/access/principal';
import type { Role } from '../../../core/api/access/roles';
import type { ExportPorts } from '../../../core/pipeline/attached-sink';
import { DefinitionWorld } from '../definition-world';
import { anAccount, openApiWorld } from './api-world';

export interface Answered {
	readonly status: number;
	readonly json: Record<string, unknown>;
	readonly headers: Headers;
}

const of = (project: string, role: Role): Principal => ({
	...anAccount,
	grants: [{ project, role }],
});

/** By the secret that they show. */
const CALLERS = {
	good: of('p1', 'develop'),
	operator: of('p1', 'operate'),
	viewer: of('p1', 'view'),
	foreign: of('p2', 'administer'),
	all: of('*', 'develop'),
	limited: { ...of('p1', 'develop'), limits: { exports: ['project:p1/dc1'] } },
};

/** @param o.sink what the sinks of connectors are given; default: nothing */
export async function openConnectorWorld(
	o: { readonly kind?: 'memory' | 'sqlite'; readonly sink?: ExportPorts } = {},
) {
	const world = await DefinitionWorld.open(o.kind ?? 'memory');
	const stored = await world.api({ ports: () => o.sink ?? {}, keys: 'a'.repeat(64) });
	const core = apiCore({ pipeline: world.pipeline, stored, clock: world.clock, baseUrl: '' });
	const ports = { audit: core.audit, clock: world.clock };
	const api = await openApiWorld(disruptiveDialect, core, { callers: CALLERS, ports });
	return {
		world,
		core,
		stored,
		origin: api.origin,
		/** With a JSON body where one is given; a text goes as it is, by the content type of a form (D63). */
		async call(
			method: string,
			path: string,
			body?: unknown,
			caller: keyof typeof CALLERS = 'good',
		): Promise<Answered> {
			const response = await api.call(method, path, {
				headers: {
					authorization: `Bearer ${caller}`,
					...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
				},
				...(body === undefined
					? {}
					: { body: typeof body === 'string' ? body : JSON.stringify(body) }),
			});
			const { status, headers } = response;
			return { status, headers, json: (await response.json()) as Record<string, unknown> };
		},
		/** Puts a connector as a client would have made it, under an id of the test's. */
		async put(id: string, resource: object = {}): Promise<void> {
			const body = {
				type: 'HTTP_PUSH',
				httpConfig: { url: 'https://e.example.com/' },
				...resource,
			};
			await stored.putExport(newExport('p1', id, readNew(createSchema.parse(body))));
		},
		async close() {
			await api.close();
			await world.close();
		},
	};
}

export type ConnectorWorld = Awaited<ReturnType<typeof openConnectorWorld>>;
