import type { PathMisses } from './path-misses';
import type { Counters, StoreStats } from '../buffer/store';

/** What a pipeline says of itself when asked. */
export interface PipelineStatus {
	readonly storeId: string;
	/** What the store warns of now, and why it would vanish with its container, as `StoreStats`. */
	readonly store: Pick<StoreStats, 'warnings' | 'fleeting'>;
	readonly receivers: readonly {
		readonly id: string;
		readonly label: string;
		readonly accepted: number;
		readonly refused: number;
		readonly pathMisses: PathMisses;
	}[];
	readonly exports: readonly (Counters & {
		readonly attached: boolean;
		readonly inFlight: number;
	})[];
}
