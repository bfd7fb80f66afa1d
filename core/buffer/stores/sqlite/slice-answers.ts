import { CoreError, type BufferError } from '../../../errors';
import type { LeaseRecord } from './engine';
import type { OpenEngine } from './open-engine';
import type { Answer, Call, ClaimedBatch, PlainBatch, PlainSlice } from './protocol';
import { quarantineChunk } from './quarantine';
import { readSlice } from './read-slice';
import { packError } from './thrown-error';

export interface SlicePorts {
	readonly open: () => OpenEngine;
	/** Why nothing is answered now. */
	readonly refusal: () => BufferError | undefined;
	readonly post: (answer: Answer, transfer?: ArrayBuffer[]) => void;
	/** The connection failed; what it was asked is answered so. */
	readonly fail: (group: readonly Call[], cause: unknown, leases: Map<number, LeaseRecord>) => void;
}

/** The answer to a claim that gave a batch. */
export interface Claimed {
	readonly id: number;
	readonly value: PlainBatch;
}

export function isClaimed(call: Call, answer: Answer): answer is Claimed {
	return call.op === 'claim' && 'value' in answer && answer.value !== undefined;
}

/** Answers with rows of batches, between groups. */
export class SliceAnswers {
	readonly #ports: SlicePorts;

	constructor(ports: SlicePorts) {
		this.#ports = ports;
	}

	answerSlice(call: Extract<Call, { op: 'readSlice' }>): void {
		const { open, refusal, post, fail } = this.#ports;
		const { id } = call;
		const refused = refusal();
		if (refused !== undefined) return post({ id, thrown: packError(refused) });
		const leasesBefore = new Map(open().engine.leases);
		try {
			const value = this.#read(call.args);
			post({ id, value }, [value.bytes.buffer as ArrayBuffer]);
		} catch (error) {
			if (error instanceof CoreError) return post({ id, thrown: packError(error) });
			fail([call], error, leasesBefore);
		}
	}

	/** With its first rows, after all who wait for nothing but the commit. It is claimed, whatever becomes of them. */
	answerClaimed({ id, value }: Claimed): void {
		const { open, refusal, post, fail } = this.#ports;
		const leasesBefore = new Map(open().engine.leases);
		let first: PlainSlice | undefined;
		let failed: unknown;
		try {
			if (refusal() === undefined) first = this.#read({ batch: value.number, position: 0 });
		} catch (error) {
			failed = error;
		}
		const batch: ClaimedBatch = first === undefined ? value : { ...value, first };
		post({ id, value: batch }, first === undefined ? [] : [first.bytes.buffer as ArrayBuffer]);
		// What is wrong with the rows of this batch is told who reads them.
		if (failed !== undefined && !(failed instanceof CoreError)) fail([], failed, leasesBefore);
	}

	#read(args: { batch: number; position: number }): PlainSlice {
		const { engine, commit } = this.#ports.open();
		for (;;) {
			const found = readSlice(engine, args);
			if (!('damaged' in found)) return found;
			quarantineChunk(engine, found.export, found.damaged);
			commit();
		}
	}
}
