import type { BodyPath } from '../../core/pure/body-paths';

/** What the server says of a sample (core's `TriedSample`). */
export interface SampleAnswer {
	readonly fault?: Fault;
	readonly count: number;
	readonly position: number;
	readonly mismatch?: Fault;
	readonly paths: readonly BodyPath[];
	readonly unreadable?: Fault;
	readonly mapping?: {
		readonly filter: { readonly became: 'taken' | 'leftOut' | 'failed'; readonly fault?: Fault };
		readonly cells: readonly Cell[];
		readonly gets?: {
			readonly as: 'record' | 'text' | 'file';
			readonly text: string;
			readonly isCut: boolean;
		};
		readonly fault?: Fault;
	};
}

export interface Fault {
	readonly code: string;
	readonly message: string;
	readonly line?: number;
	readonly column?: number;
}

export interface Cell {
	readonly name: string;
	readonly value?: string;
	readonly fault?: Fault;
	readonly isUntried?: true;
}
