/** Receivers of a project with their exports, as this API reads them: whoever has made them. */
import type { StoredDefinitions } from '../../pipeline/stored-definitions';
import type { ExportDefinition, ReceiverDefinition } from '../../definitions/definition';
import { projectId, unknownExport, unknownReceiver } from './keboola-ids';

export interface ProjectExport {
	readonly definition: ExportDefinition;
	readonly revision: number;
}

export interface ProjectReceiver {
	/** Of the project. */
	readonly id: string;
	readonly definition: ReceiverDefinition;
	readonly revision: number;
	/** Those that load a table, by id; what is going is none of them. */
	readonly exports: readonly ProjectExport[];
}

type Lists = Pick<StoredDefinitions, 'list'>;

/** By id. */
export async function listReceivers(stored: Lists, project: string): Promise<ProjectReceiver[]> {
	const [receivers, exports] = [await stored.list('receiver'), await stored.list('export')];
	return receivers.good
		.flatMap(({ definition, revision }): ProjectReceiver[] => {
			const id = projectId(project, definition);
			if (id === undefined) return [];
			const its = exports.good.filter(
				({ definition: { config, sink, removing } }) =>
					config.receiverId === definition.id && sink?.kind === 'table' && removing === undefined,
			);
			return [{ id, definition, revision, exports: its }];
		})
		.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** @throws CoreError ERR_RECEIVER_UNKNOWN */
export async function requireReceiver(
	stored: Lists,
	project: string,
	id: string,
): Promise<ProjectReceiver> {
	const found = (await listReceivers(stored, project)).find((one) => one.id === id);
	if (found) return found;
	throw unknownReceiver(id);
}

/** @throws CoreError ERR_EXPORT_NOT_FOUND */
export function requireExport({ exports }: ProjectReceiver, id: string): ProjectExport {
	const found = exports.find(({ definition: { config } }) => config.id === id);
	if (found) return found;
	throw unknownExport(id);
}
