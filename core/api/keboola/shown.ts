/** Definitions as clients of this API know them. */
import type * as z from 'zod/v4';
import { formatByteSize } from '../../pure/byte-size';
import { formatDuration } from '../../pure/duration';
import { may, type Principal } from '../access/principal';
import type { ApiCore } from '../api-core';
import type { ProjectExport, ProjectReceiver } from './project-receivers';
import type { shownExport, shownReceiver } from './schemas';

export function showExport(
	{ definition: { config, sink } }: ProjectExport,
	receiverId: string,
): z.input<typeof shownExport> {
	const { id, label, columns = [], conditions } = config;
	const { table: tableId, load } = sink?.kind === 'table' ? sink : { table: '', load: undefined };
	return {
		id,
		receiverId,
		name: label,
		mapping: {
			tableId,
			incremental: load !== 'full',
			columns: columns.map(({ type, name, primaryKey = false, template }) => ({
				...{ type, name, primaryKey },
				...(template ? { template } : {}),
			})),
		},
		conditions: {
			count: conditions.count,
			size: formatByteSize(conditions.sizeBytes),
			time: formatDuration(conditions.timeMs),
		},
	};
}

/** With its URL for developers and above, since its secret is in there. */
export async function showReceiver(
	{ id, definition, exports }: ProjectReceiver,
	{
		core,
		principal,
		project,
	}: {
		readonly core: ApiCore;
		readonly principal: Principal | undefined;
		readonly project: string;
	},
): Promise<z.input<typeof shownReceiver>> {
	const { label = id, description = '', origin } = definition.config;
	const maySee = may(principal, { project, scope: 'develop' });
	const secret = maySee && origin === 'api' ? await secretOf(core, definition.id) : undefined;
	return {
		id,
		...(secret === undefined
			? {}
			: { url: `${core.baseUrl}/v1/import/${encodeURIComponent(project)}/${id}/${secret}` }),
		name: label,
		description,
		exports: exports.map((one) => showExport(one, id)),
	};
}

/** Undefined where it cannot be opened: that must not keep the others from being listed. */
async function secretOf({ stored }: ApiCore, id: string): Promise<string | undefined> {
	const found = await stored.reveal('receiver', id);
	const way = found?.definition.config.auth.find(({ kind }) => kind === 'url-secret');
	const [secret] = Array.isArray(way?.['secrets']) ? (way['secrets'] as unknown[]) : [];
	return typeof secret === 'string' ? secret : undefined;
}
