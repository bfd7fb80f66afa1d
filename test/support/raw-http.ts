import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Sends exactly this text and gives all that comes back until the other side closes, or `isDone` says so. */
export async function exchange(
	to: { readonly port: number; readonly host?: string },
	text: string,
	isDone: (received: string) => boolean = () => false,
): Promise<string> {
	const socket = connect({ host: '127.0.0.1', ...to });
	socket.setTimeout(30_000, () => socket.destroy(new Error('nothing came for 30 s')));
	socket.setEncoding('latin1');
	await once(socket, 'connect');
	socket.write(text, 'latin1');
	let received = '';
	socket.on('data', (part: string) => {
		received += part;
		if (isDone(received)) socket.destroy();
	});
	await once(socket, 'close');
	return received;
}

/** The text of a POST with `Connection: close`. */
export function aPost(target: string, headers: readonly string[] = [], body = '{}'): string {
	const lines = ['host: x', 'connection: close', 'content-type: application/json', ...headers];
	return `POST ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** Statuses of all answers in a text, 100 included. */
export function statuses(text: string): number[] {
	return [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}

/**
 * A connection on which one request was answered and the head of another has begun; the line that ends that head is still to be written.
 *
 * @param line of the second request, without the version
 * @returns rest: what came after the first answer, when the other side has closed
 */
export async function halfAsked(
	to: { readonly port: number },
	line: string,
	headers: readonly string[] = [],
): Promise<{ readonly socket: Socket; readonly rest: Promise<string> }> {
	const socket = connect({ host: '127.0.0.1', ...to }).setEncoding('latin1');
	await once(socket, 'connect');
	const head = [`${line} HTTP/1.1`, 'host: x', ...headers].join('\r\n');
	socket.write(`GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n${head}\r\n`, 'latin1');
	await once(socket, 'data');
	let received = '';
	socket.on('data', (part: string) => (received += part));
	return { socket, rest: once(socket, 'close').then(() => received) };
}

/**
 * A POST of `{}` that is being read: its head was sent, and the server wants its body.
 *
 * @returns finish: sends the body, and gives what comes back until the other side closes
 */
export async function slowPost(
	to: { readonly port: number },
	target: string,
): Promise<{ readonly finish: () => Promise<string> }> {
	const socket = connect({ host: '127.0.0.1', ...to }).setEncoding('latin1');
	await once(socket, 'connect');
	socket.write(aPost(target, ['expect: 100-continue'], '{}').slice(0, -2));
	const [wanted] = (await once(socket, 'data')) as [string];
	if (!wanted.startsWith('HTTP/1.1 100 ')) throw new Error(`answered: ${wanted}`);
	let received = '';
	socket.on('data', (part: string) => (received += part));
	const finish = async (): Promise<string> => {
		socket.write('{}');
		await once(socket, 'close');
		return received;
	};
	return { finish };
}
