import type { StoreStats } from '../buffer/store';
import type { AlertCondition } from '../config';

/** Told when no more than this share above what must stay free is free. */
const NEARLY_FULL = 1.5;

type StoreCondition = Extract<AlertCondition, 'storeNearlyFull' | 'storeDegraded'>;

/** What is wrong with a store, with a text for people. Pure. @param stats undefined where it does not answer */
export function storeConditions(stats: StoreStats | undefined): Map<StoreCondition, string> {
	const holding = new Map<StoreCondition, string>();
	if (!stats) return holding.set('storeDegraded', 'the store does not answer');
	const { freeBytes, minFreeBytes, warnings, ephemeral } = stats;
	const isQuota = (warning: string): boolean => warning.startsWith('dead letters of ');
	const quota = warnings.find(isQuota);
	if (
		freeBytes !== undefined &&
		minFreeBytes !== undefined &&
		freeBytes < minFreeBytes * NEARLY_FULL
	)
		holding.set(
			'storeNearlyFull',
			`${mb(freeBytes)} MB are free on the disk of the store; below ${mb(minFreeBytes)} MB pushes are refused`,
		);
	else if (quota !== undefined) holding.set('storeNearlyFull', quota);
	// What a store says that refuses for want of room is told above.
	const isRoom = (warning: string): boolean =>
		warning.includes(' are free on the disk of the store');
	const other = warnings.find(
		(warning) => warning !== ephemeral && !isQuota(warning) && !isRoom(warning),
	);
	if (other !== undefined) holding.set('storeDegraded', `the store warns: ${other}`);
	return holding;
}

function mb(bytes: number): number {
	return Math.round(bytes / 1024 ** 2);
}
