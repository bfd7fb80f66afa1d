import type { IncomingMessage } from 'node:http';

/**
 * The body of a request as it comes in. By events: Node's own async iterator watches the stream in ways that cost a receiver
 * several per cent of its time, and most bodies are one chunk. Leaving early pauses the request and destroys nothing, so that
 * an answer can still go out.
 *
 * @param onWanted called before the first byte is read
 */
export function bodyChunks(
	request: IncomingMessage,
	onWanted: () => void = () => {},
): AsyncIterable<Uint8Array> {
	return { [Symbol.asyncIterator]: () => new BodyChunks(request, onWanted) };
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
/** Chunks that nobody has taken yet; above this the sender is told to wait. */
const MAX_QUEUED = 16;

class BodyChunks implements AsyncIterator<Uint8Array> {
	readonly #request: IncomingMessage;
	readonly #queue: Uint8Array[] = [];
	#waiter:
		| { resolve: (result: IteratorResult<Uint8Array>) => void; reject: (error: Error) => void }
		| undefined;
	#hasStarted = false;
	#hasEnded = false;
	#error: Error | undefined;

	readonly #onWanted: () => void;

	constructor(request: IncomingMessage, onWanted: () => void) {
		this.#request = request;
		this.#onWanted = onWanted;
	}

	next(): Promise<IteratorResult<Uint8Array>> {
		if (!this.#hasStarted) this.#start();
		const chunk = this.#queue.shift();
		if (chunk !== undefined) {
			if (this.#queue.length === 0 && !this.#hasEnded) this.#request.resume();
			return Promise.resolve({ done: false, value: chunk });
		}
		if (this.#error !== undefined) return Promise.reject(this.#error);
		if (this.#hasEnded) return Promise.resolve(DONE);
		return new Promise((resolve, reject) => {
			this.#waiter = { resolve, reject };
		});
	}

	return(): Promise<IteratorReturnResult<undefined>> {
		this.#stop();
		if (!this.#hasEnded) this.#request.pause();
		this.#hasEnded = true;
		this.#queue.length = 0;
		return Promise.resolve(DONE);
	}

	#start(): void {
		this.#hasStarted = true;
		this.#onWanted();
		const request = this.#request;
		if (request.readableEnded) return this.#onEnd();
		if (request.destroyed) return this.#onClose();
		request.on('data', this.#onData);
		request.on('end', this.#onEnd);
		request.on('error', this.#onError);
		request.on('close', this.#onClose);
		request.resume();
	}

	#stop(): void {
		const request = this.#request;
		request.off('data', this.#onData);
		request.off('end', this.#onEnd);
		request.off('close', this.#onClose);
		// The error listener stays: an error that comes late must not end the process.
	}

	readonly #onData = (chunk: Uint8Array): void => {
		const waiter = this.#waiter;
		if (waiter !== undefined) {
			this.#waiter = undefined;
			waiter.resolve({ done: false, value: chunk });
			return;
		}
		this.#queue.push(chunk);
		if (this.#queue.length >= MAX_QUEUED) this.#request.pause();
	};

	readonly #onEnd = (): void => {
		this.#hasEnded = true;
		this.#stop();
		this.#waiter?.resolve(DONE);
		this.#waiter = undefined;
	};

	readonly #onError = (error: Error): void => {
		this.#error ??= error;
		this.#stop();
		this.#waiter?.reject(error);
		this.#waiter = undefined;
	};

	readonly #onClose = (): void => {
		if (!this.#hasEnded) this.#onError(new Error('the request ended before its body did'));
	};
}
