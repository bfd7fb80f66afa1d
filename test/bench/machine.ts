import { cpus } from 'node:os';

/** What a figure was measured on. */
export function machine() {
	return {
		cpu: cpus()[0]?.model,
		cores: cpus().length,
		node: process.version,
		platform: `${process.platform} ${process.arch}`,
	};
}
