import type { DryRun } from '../pipeline/dry-run';

/** What a dry run found, in an English line. Pure. */
export function dryRunText({ events, rows, leftOut, failed, changed, results }: DryRun): string {
	const parts = [
		`rows: ${rows} of ${events}`,
		...(leftOut > 0 ? [`left out by the filter: ${leftOut}`] : []),
		...(failed > 0 ? [`failed: ${failed} (${firstFault(results)})`] : []),
		`other than now: ${changed}`,
	];
	return parts.join('; ');
}

function firstFault(results: DryRun['results']): string {
	for (const { after } of results) if (after.became === 'failed') return after.message;
	return '';
}
