/** A realtime resource as the Automation API shows it (O45). */
import * as z from 'zod/v4';
import type { DatasetConfig } from '../../config';
import type { ReceiverDefinition, StoredAuth } from '../../definitions/definition';

/** The parameter of a push key in the URL (O5). */
const PARAMETER = 'pushkey';

const REALTIME = 'realtime';

export const resourceSchema = z.object({
	uid: z.string(),
	type: z.literal(REALTIME),
	title: z.string(),
	datasource: z.object({ type: z.literal(REALTIME) }),
	params: z.object({ push_enabled: z.boolean(), push_url: z.string() }),
});

/** A receiver that is a dataset. */
export type DatasetDefinition = ReceiverDefinition & {
	readonly config: { readonly dataset: DatasetConfig };
};

export function isDataset(definition: ReceiverDefinition): definition is DatasetDefinition {
	return definition.config.dataset !== undefined;
}

/** @param definition the push key is shown where it is there as a text; that of a node never is */
export function showResource({ config }: DatasetDefinition): z.input<typeof resourceSchema> {
	const { dataset, source, auth } = config;
	const { id, resource, isPushEnabled } = dataset;
	const path = `/api/push/1.0/${id}/${resource}/push/`;
	const [key] = auth.flatMap((way) => (isPushKey(way) ? way.secrets : []));
	return {
		uid: resource,
		type: REALTIME,
		title: source ?? id,
		datasource: { type: REALTIME },
		params: {
			push_enabled: isPushEnabled,
			push_url: typeof key === 'string' ? `${path}?${PARAMETER}=${encodeURIComponent(key)}` : path,
		},
	};
}

/** The same authentication with another push key; undefined where it has none. */
export function withPushKey(auth: readonly StoredAuth[], key: string): StoredAuth[] | undefined {
	if (!auth.some(isPushKey)) return undefined;
	return auth.map((way) => (isPushKey(way) ? { ...way, secrets: [key] } : way));
}

function isPushKey(way: StoredAuth): way is StoredAuth & { readonly secrets: readonly unknown[] } {
	return way.kind === 'query-key' && way['parameter'] === PARAMETER;
}
