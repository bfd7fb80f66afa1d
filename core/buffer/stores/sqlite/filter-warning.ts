/** S7: the one warning that node:sqlite gives before Node 24.15; all others stay. */
export function filterWarning(): void {
	const emitWarning = process.emitWarning.bind(process);
	process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
		const text = typeof warning === 'string' ? warning : warning.message;
		if (text.includes('SQLite is an experimental feature')) return;
		Reflect.apply(emitWarning, process, [warning, ...rest]);
	};
}
