import {
	toExport,
	type BufferSettings as CoreBufferSettings,
	type ExportInput,
	type FlowSettings,
	type SettingPath,
} from '../../core/index';

/** A buffer as the dialogs save it (node-red/README.md), which call everything as core does. */
export interface BufferSettings extends CoreBufferSettings, FlowSettings {
	readonly id: string;
	readonly label?: string;
	readonly done?: 'auto' | 'sent' | 'acked';
}

/** The core's configuration of a saved buffer. @throws ConfigError */
export function exportInput(
	receiverId: string,
	buffer: BufferSettings,
	at?: SettingPath,
): ExportInput {
	const { id, label } = buffer;
	return toExport({ id, receiverId, label: label || id }, buffer, at);
}
