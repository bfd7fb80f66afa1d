import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOf, isPlain, type FuzzConnection } from './connections';
import { wholeAnswers } from './read-answers';

/** What came back over a connection. */
export interface Exchanged {
	/** As latin1. */
	readonly received: string;
	/** We have broken off, or the other side has reset the connection: an answer may be lost. */
	readonly isBroken: boolean;
	/** An answer may be lost by that, or by a host whose server ends a connection at what it cannot read, whatever it still has to answer. */
	readonly mayLose: boolean;
	/** Nothing came, and the connection stayed open. */
	readonly hangs: boolean;
}

/** Longer than any time limit of a server here. */
const HANGS_MS = 30_000;
/** For what no server can know to be whole. */
const GIVES_UP_MS = 1_000;

/**
 * Sends all of a connection, in its parts. Never rejects for what the other side does.
 *
 * @param staysOpen our side is not closed behind the last request: not every host answers then
 */
export async function exchange(
	port: number,
	connection: FuzzConnection,
	mark: string,
	{ staysOpen = false } = {},
): Promise<Exchanged> {
	const parts = partsOf(await allBytes(connection, mark), connection);
	const isAborted = connection.end.kind === 'abort';
	const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
	socket.setNoDelay(true).setEncoding('latin1');
	let [received, isBroken, hangs] = ['', isAborted, false];
	socket.on('data', (part: string) => {
		received += part;
		const isOver = () => wholeAnswers(received).length >= connection.requests.length;
		if (staysOpen && isOver()) socket.destroy();
	});
	// Whoever has answered and closed reads no more: what is written then is reset.
	socket.on('error', () => (isBroken = true));
	socket.on('end', () => socket.end());
	const givesUp = staysOpen && !connection.requests.every(isPlain);
	socket.setTimeout(givesUp ? GIVES_UP_MS : HANGS_MS, () => {
		if (givesUp) isBroken = true;
		else hangs = true;
		socket.destroy();
	});
	const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
	await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
	for (const part of parts) {
		if (!socket.writable) break;
		socket.write(part);
		await nextTurn();
	}
	if (isAborted) socket.destroy();
	else if (!staysOpen) socket.end();
	await closed;
	const [first, ...more] = connection.requests;
	const isSingle = first !== undefined && isPlain(first) && more.length === 0;
	return { received, isBroken, mayLose: isBroken || (staysOpen && !isSingle), hangs };
}

async function allBytes({ requests }: FuzzConnection, mark: string): Promise<Buffer> {
	return Buffer.concat(await Promise.all(requests.map((one) => bytesOf(one, mark))));
}

function partsOf(bytes: Buffer, { cuts, end }: FuzzConnection): Buffer[] {
	const part = (of: number) => Math.floor((bytes.length * of) / 1_000);
	const length = end.kind === 'abort' ? part(end.after) : bytes.length;
	const places = [0, ...cuts.map(part).filter((at) => at < length), length].sort((a, b) => a - b);
	return places.slice(1).map((at, index) => bytes.subarray(places[index], at));
}
