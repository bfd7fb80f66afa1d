import assert from 'node:assert/strict';
import type { AppendRequest } from '../../core/buffer/store';
import { bytesOf } from '../../core/buffer/stores/append-request';
import { checkLimits } from '../../core/buffer/stores/sqlite/check-options';
import { GroupRunner } from '../../core/buffer/stores/sqlite/group-runner';
import { encodeAppend } from '../../core/buffer/stores/sqlite/packed-appends';
import { packCalls } from '../../core/buffer/stores/sqlite/packed-calls';
import type { Answer, Call, OperationCall } from '../../core/buffer/stores/sqlite/protocol';
import { FakeClock } from '../conformance/store-fixtures';

/** A sqlite store without its thread, so that what it does to the database and to files can be watched and made to fail. */
export class StoreInThread {
	readonly clock = new FakeClock();
	readonly warnings: string[] = [];
	readonly #runner: GroupRunner;
	readonly #answers = new Map<number, (answer: Answer) => void>();
	#lastId = 0;

	constructor(directory: string) {
		const limits = checkLimits({ ballastBytes: 0 });
		const reading = { wallAt: this.clock.now() };
		const options = { directory, limits, durability: 'normal', reading } as const;
		this.#runner = new GroupRunner(options, (message) => {
			if (message.kind === 'warning') this.warnings.push(message.message);
			if (message.kind !== 'answers') return;
			for (const answer of message.answers) this.#answers.get(answer.id)?.(answer);
			for (const id of message.stored) this.#answers.get(id)?.({ id, value: undefined });
		});
	}

	call(op: OperationCall['op'], args?: unknown): Promise<unknown> {
		return this.#send((id) => ({ op, id, args }) as OperationCall);
	}

	append(request: AppendRequest): Promise<unknown> {
		return this.#send((id) => encodeAppend(id, request, bytesOf(request)));
	}

	async #send(toCall: (id: number) => Call): Promise<unknown> {
		const id = ++this.#lastId;
		const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
		const reading = { wallAt: this.clock.now() };
		this.#runner.enqueue({ ...packCalls([toCall(id)]), reading });
		const settled = await answer;
		assert.ok('value' in settled, JSON.stringify(settled));
		return settled.value;
	}
}
