import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy on 127.0.0.1 with the faults that networks have, each on demand. */
export interface TcpProxy {
	readonly port: number;
	/** Connections that are open through it. */
	readonly connections: number;
	/** Resets all live connections; new ones work. */
	cut(): void;
	/** Refuses new connections (ECONNREFUSED) and resets live ones, until `heal`. */
	refuse(): Promise<void>;
	/** Lets every byte wait so long, both ways, until `heal`. */
	delay(ms: number): void;
	/** Swallows every byte both ways and closes nothing, for live and new connections, until `heal`. */
	halfOpen(): void;
	/**
	 * Cuts a connection at the next bytes of the client that hold `text`: before the server gets them, or after it has answered
	 * and before the client hears of it. Resolves when that has happened.
	 */
	cutAt(text: string, when: 'before' | 'answered'): Promise<void>;
	/** The same at the `number`th piece that any client sends from now on; `disarm` says whether it did not come to that. */
	cutAtPiece(number: number, when: 'before' | 'answered'): { disarm(): boolean };
	/** Keeps back the next bytes of a client that hold `text`, and all that follow them, until `release`. */
	holdAt(text: string): { readonly held: Promise<void>; release(): void };
	/** No fault for new connections. A half-opened one stays dead: it has lost bytes. */
	heal(): Promise<void>;
	close(): Promise<void>;
}

interface Trap {
	/** What springs it. */
	readonly isAt: (bytes: Buffer) => boolean;
	readonly when: 'before' | 'answered' | 'hold';
	readonly sprung: () => void;
	/** Of a hold. */
	readonly released?: Promise<void>;
}

interface State {
	delayMs: number;
	isHalfOpen: boolean;
	trap: Trap | undefined;
}

export async function startTcpProxy(target: {
	readonly port: number;
	readonly host?: string;
}): Promise<TcpProxy> {
	const state: State = { delayMs: 0, isHalfOpen: false, trap: undefined };
	const links = new Set<Link>();
	const server: Server = createServer({ noDelay: true }, (client) => {
		const link = new Link(client, target, state, () => links.delete(link));
		links.add(link);
	});
	await listen(server, 0);
	const { port } = server.address() as AddressInfo;
	const cut = () => {
		for (const link of links) link.reset();
	};
	const stopListening = async () => {
		cut();
		if (!server.listening) return;
		const closed = once(server, 'close');
		server.close();
		await closed;
	};
	return {
		port,
		get connections() {
			return links.size;
		},
		cut,
		refuse: stopListening,
		delay(ms) {
			state.delayMs = ms;
		},
		halfOpen() {
			state.isHalfOpen = true;
			for (const link of links) link.isDead = true;
		},
		cutAt: (text, when) =>
			new Promise((sprung) => {
				state.trap = { isAt: (bytes) => bytes.includes(text), when, sprung };
			}),
		cutAtPiece(number, when) {
			let left = number;
			const trap: Trap = { isAt: () => --left === 0, when, sprung: () => {} };
			state.trap = trap;
			return {
				disarm() {
					const isArmed = state.trap === trap;
					if (isArmed) state.trap = undefined;
					return isArmed;
				},
			};
		},
		holdAt(text) {
			let release = () => {};
			const released = new Promise<void>((resolve) => (release = resolve));
			const held = new Promise<void>((sprung) => {
				state.trap = { isAt: (bytes) => bytes.includes(text), when: 'hold', sprung, released };
			});
			return { held, release: () => release() };
		},
		async heal() {
			Object.assign(state, { delayMs: 0, isHalfOpen: false, trap: undefined });
			if (!server.listening) await listen(server, port);
		},
		close: stopListening,
	};
}

async function listen(server: Server, port: number): Promise<void> {
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
}

/** One connection through the proxy. */
class Link {
	/** Half-open: it swallows everything from now on. */
	isDead: boolean;
	readonly #client: Socket;
	readonly #server: Socket;
	readonly #state: State;
	/** Set when the next bytes of the server are to be lost with the connection. */
	#lost: Trap | undefined;
	/** What the bytes of the client wait for. */
	#gate: Promise<void> | undefined;

	constructor(
		client: Socket,
		target: { port: number; host?: string },
		state: State,
		onEnd: () => void,
	) {
		this.#client = client;
		this.#state = state;
		this.isDead = state.isHalfOpen;
		this.#server = connect({ port: target.port, host: target.host ?? '127.0.0.1', noDelay: true });
		this.#carry(client, this.#server, (bytes) => this.#passToServer(bytes));
		this.#carry(this.#server, client, () => this.#passToClient());
		let openSides = 2;
		for (const side of [client, this.#server]) {
			side.on('error', () => this.reset());
			side.on('close', () => {
				if (--openSides === 0) onEnd();
				else if (!this.isDead) this.reset();
			});
		}
	}

	/** An RST to both sides. */
	reset(): void {
		this.isDead = false;
		// A socket that is ending cannot be reset: Node would keep its handle for ever.
		for (const side of [this.#client, this.#server])
			if (side.writableEnded) side.destroy();
			else side.resetAndDestroy();
	}

	#carry(from: Socket, to: Socket, mayPass: (bytes: Buffer) => boolean): void {
		// One after the other, so that a delay changes no order.
		let last: Promise<unknown> = Promise.resolve();
		const pass = (f: () => void) => {
			const { delayMs } = this.#state;
			last = last
				.then(() => (delayMs > 0 ? sleep(delayMs) : undefined))
				.then(() => {
					if (!this.isDead && !to.destroyed) f();
				});
		};
		from.on('data', (bytes: Buffer) => {
			if (this.isDead || !mayPass(bytes)) return;
			if (from === this.#client && this.#gate !== undefined) {
				const gate = this.#gate;
				last = last.then(() => gate);
			}
			pass(() => to.write(bytes));
		});
		from.on('end', () => pass(() => to.end()));
	}

	#passToServer(bytes: Buffer): boolean {
		const { trap } = this.#state;
		if (trap === undefined || !trap.isAt(bytes)) return true;
		this.#state.trap = undefined;
		if (trap.when === 'hold') {
			this.#gate = trap.released;
			trap.sprung();
			return true;
		}
		if (trap.when === 'answered') {
			this.#lost = trap;
			return true;
		}
		this.reset();
		trap.sprung();
		return false;
	}

	#passToClient(): boolean {
		if (this.#lost === undefined) return true;
		this.reset();
		this.#lost.sprung();
		return false;
	}
}

/** The same PostgreSQL, through the proxy. */
export function throughProxy(connectionString: string, proxy: TcpProxy): string {
	const url = new URL(connectionString);
	url.hostname = '127.0.0.1';
	url.port = String(proxy.port);
	return url.href;
}
