import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { toFiles, type FilesSettings, type SettingPath } from '../../core/index';
import { rowsOf, startDestination, type DestinationSettings } from '../runtime/destination-node';
import { startNode } from '../runtime/start-node';

export interface FileNodeConfig
	extends NodeDef, DestinationSettings, Omit<FilesSettings, keyof DestinationSettings> {}

const sameName: SettingPath = (name) => name;

/** Writes batches as a whole, each once, and messages by its own buffer. */
export function startFile(RED: NodeAPI, node: Node, config: FileNodeConfig): void {
	startNode(node, (status, onClose) => {
		const needsColumns = config.fileFormat === 'csv';
		const rows = rowsOf(config, needsColumns);
		// Where nobody knows them before the batches come they are looked at there.
		const data = rows.output === 'event' ? 'event' : 'fields';
		const sink = toFiles({ ...config, data });
		const folder = folderOf(RED);
		startDestination({
			...{ RED, node, status, onClose, settings: config, sink, rows, at: sameName },
			needsOrder: () => false,
			label: node.name || 'sluice file',
			ports: { directories: (name) => path.resolve(folder, name) },
			ofDialog: (work) => work(),
		});
	});
}

/** Where relative paths of Node-RED's own nodes start, too, if somebody has said so. */
function folderOf({ settings }: NodeAPI): string {
	const { fileWorkingDirectory, userDir } = settings as {
		readonly fileWorkingDirectory?: unknown;
		readonly userDir?: string;
	};
	return typeof fileWorkingDirectory === 'string' && fileWorkingDirectory !== ''
		? fileWorkingDirectory
		: (userDir ?? process.cwd());
}
