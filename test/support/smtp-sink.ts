import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Mail {
	readonly from: string;
	readonly to: readonly string[];
	/** Headers and body, as they came. */
	readonly text: string;
}

/** A mail server that takes what it gets, from anybody who shows any user and password (RFC 5321, RFC 4954). */
export interface SmtpSink {
	readonly port: number;
	readonly mails: readonly Mail[];
	/** How many mails were refused. */
	readonly refused: number;
	/** Refuses mails for now (451), or takes them again. */
	refuse(isRefused: boolean): void;
	close(): Promise<void>;
}

export async function startSmtpSink(): Promise<SmtpSink> {
	const mails: Mail[] = [];
	const sockets = new Set<Socket>();
	let isRefused = false;
	let refused = 0;
	const server: Server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {}).on('close', () => sockets.delete(socket));
		void converse(socket, {
			refuses: () => isRefused && ++refused > 0,
			take: (mail) => mails.push(mail),
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		mails,
		get refused() {
			return refused;
		},
		refuse: (now) => void (isRefused = now),
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

async function converse(
	socket: Socket,
	o: { readonly refuses: () => boolean; readonly take: (mail: Mail) => void },
): Promise<void> {
	const say = (line: string): void => void socket.write(`${line}\r\n`);
	let mail = { from: '', to: [] as string[] };
	let data: string[] | undefined;
	say('220 sink');
	for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
		if (data) {
			if (line !== '.') {
				data.push(line.replace(/^\.\./, '.'));
				continue;
			}
			o.take({ ...mail, text: data.join('\n') });
			[mail, data] = [{ from: '', to: [] }, undefined];
			say('250 taken');
			continue;
		}
		const [, verb = ''] = /^([A-Za-z]+)/.exec(line) ?? [];
		const [, address = ''] = /<([^>]*)>/.exec(line) ?? [];
		switch (verb.toUpperCase()) {
			case 'EHLO':
				say('250-sink\r\n250 AUTH PLAIN');
				break;
			case 'AUTH':
				say('235 welcome');
				break;
			case 'MAIL':
				mail.from = address;
				say(o.refuses() ? '451 not now' : '250 yes');
				break;
			case 'RCPT':
				mail.to.push(address);
				say('250 yes');
				break;
			case 'DATA':
				data = [];
				say('354 go on');
				break;
			case 'QUIT':
				say('221 bye');
				socket.end();
				break;
			default:
				say('250 yes');
		}
	}
}
