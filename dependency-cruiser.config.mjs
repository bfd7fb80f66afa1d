/** No file may import itself through others, by types either. (import-x/no-cycle does not see types.) */
export default {
	forbidden: [
		{
			name: 'no-circle',
			severity: 'error',
			// Until the circles in there are gone.
			from: { pathNot: '^core/buffer/' },
			to: { circular: true },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
	},
};
