/** A data connector as clients know it (D57–D60): an export of a project that is sent to an HTTP endpoint. */
import * as z from 'zod/v4';
import { projectOf, type ExportState } from '../../config';
import type { ExportDefinition } from '../../definitions/definition';
import type { SinkConfig } from '../../sink/create-sink';
import type { SecretRef } from '../../sink/secret-ref';

/** The only type that is served (D60). */
export const HTTP_PUSH = 'HTTP_PUSH';

/** All members are there in every answer: clients fail on a missing one (D57). */
export const connectorSchema = z.object({
	name: z.string(),
	type: z.literal(HTTP_PUSH),
	status: z.enum(['ACTIVE', 'USER_DISABLED', 'SYSTEM_DISABLED']),
	displayName: z.string(),
	events: z.array(z.string()),
	labels: z.array(z.string()),
	httpConfig: z.object({
		url: z.string(),
		signatureSecret: z.string(),
		headers: z.record(z.string(), z.string()),
	}),
});

export type Connector = z.output<typeof connectorSchema>;
export type ConnectorStatus = Connector['status'];

/** An export that is a connector. */
export type ConnectorDefinition = ExportDefinition & { readonly sink: SinkConfig<'http'> };

/** In the place of a secret that the caller is not shown, or that is none of ours to show. */
const HIDDEN = '********';

/** Whether an export of a project is one of its connectors, whoever has made it. */
export function isConnector(definition: ExportDefinition): definition is ConnectorDefinition {
	const { config, sink, removing } = definition;
	return projectOf(config) !== undefined && sink?.kind === 'http' && removing === undefined;
}

/** @param id of the export in its project */
function connectorName(project: string, id: string): string {
	return `projects/${project}/dataconnectors/${id}`;
}

/** A paused one keeps what comes and sends nothing; the nearest that clients know is that somebody has switched it off. */
export function statusOf(state: ExportState): ConnectorStatus {
	return state === 'PAUSED' ? 'USER_DISABLED' : state;
}

/** @param definition with texts in the places of the secrets that the caller may see */
export function toConnector(definition: ConnectorDefinition, state: ExportState): Connector {
	const { config, sink } = definition;
	const { id, label, filter } = config;
	const { url, signatures = [], headers = {}, labels = [] } = sink;
	const [secret] = signatures.flatMap((one) => ('secrets' in one ? one.secrets : []));
	return {
		name: connectorName(projectOf(config) ?? '', id),
		type: HTTP_PUSH,
		status: statusOf(state),
		// Every export has a label, and a connector need have none.
		displayName: label === id ? '' : label,
		events: [...(filter?.types ?? [])],
		labels: [...labels],
		httpConfig: {
			url: textOf(url),
			signatureSecret: secret === undefined ? '' : textOf(secret),
			headers: Object.fromEntries(
				Object.entries(headers).map(([name, value]) => [name, textOf(value)]),
			),
		},
	};
}

function textOf(value: string | SecretRef): string {
	return typeof value === 'string' ? value : (value.shown ?? HIDDEN);
}
