import type { LoadResult, TableLoad } from '../table-database';
import type { FaultKind } from '../table-fault';
import type { PackedRows } from './packed-rows';

/** What the main thread and the worker of a database file say to each other. `id` is that of a load. */
export type ToWorker =
	| { readonly kind: 'load'; readonly id: number; readonly load: TableLoad }
	| { readonly kind: 'rows'; readonly id: number; readonly rows: PackedRows }
	/** There are no more rows. */
	| { readonly kind: 'end'; readonly id: number }
	/** Nothing of it is to stay. */
	| { readonly kind: 'abort'; readonly id: number }
	| { readonly kind: 'close' };

export type FromWorker =
	/** A slice is being written, and another one may come. */
	| { readonly kind: 'more'; readonly id: number }
	| { readonly kind: 'done'; readonly id: number; readonly result: LoadResult }
	| {
			readonly kind: 'failed';
			readonly id: number;
			readonly fault: { readonly kind: FaultKind; readonly message: string };
	  }
	| { readonly kind: 'closed' };

export interface TableWorkerOptions {
	readonly file: string;
}
