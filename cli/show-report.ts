import type { VerifyReport } from '../core/index';

/** What `verify` found, for a person. */
export function showReport({ findings, notes, checked }: VerifyReport): string {
	const { exports, chunks, rows, batches, documents, latest } = checked;
	return [
		`read ${rows} rows in ${chunks} chunks, ${batches} batches of ${exports} exports, ${latest} latest events, ${documents} documents`,
		...findings.map(({ rule, exportId, message }) =>
			exportId === undefined
				? `! ${message} (${rule})`
				: `! export ${exportId}: ${message} (${rule})`,
		),
		...notes.map((note) => `note: ${note}`),
		findings.length === 0 ? 'nothing is wrong' : `${findings.length} findings`,
		'',
	].join('\n');
}
