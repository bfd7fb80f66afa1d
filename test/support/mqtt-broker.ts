import { Aedes } from 'aedes';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../scripts/host/free-port';

/** An MQTT broker on 127.0.0.1 that comes and goes; it keeps nothing but a list of what was published. */
export interface MqttBroker {
	readonly port: number;
	/** What clients have published, in the order in which it came, also before it went away. */
	readonly published: readonly Published[];
	/** Clients that are connected. */
	readonly clients: number;
	/** Confirms nothing from now on, as a broker does that is at work and never ends; until it is started again. */
	stopConfirming(): void;
	/** Breaks all connections, and takes no new ones. */
	stop(): Promise<void>;
	/** Comes back, on the same port and with no memory. */
	start(): Promise<void>;
}

interface Published {
	readonly topic: string;
	readonly qos: number;
	readonly text: string;
}

export async function startMqttBroker(): Promise<MqttBroker> {
	const port = await freePort();
	const published: Published[] = [];
	let broker: Aedes | undefined;
	let server: Server | undefined;
	let isSilent = false;
	const sockets = new Set<Socket>();

	const start = async (): Promise<void> => {
		if (server) return;
		isSilent = false;
		broker = await Aedes.createBroker();
		broker.authorizePublish = (_client, packet, callback) => {
			// A publish that is never authorised is never confirmed.
			if (isSilent) return;
			const { topic, qos, payload } = packet;
			published.push({ topic, qos, text: payload.toString() });
			callback(null);
		};
		server = createServer((socket) => {
			sockets.add(socket);
			socket.on('close', () => sockets.delete(socket));
			broker?.handle(socket);
		});
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
	};
	const stop = async (): Promise<void> => {
		if (!server || !broker) return;
		const [closing, ending] = [server, broker];
		[server, broker] = [undefined, undefined];
		closing.close();
		for (const socket of sockets) socket.resetAndDestroy();
		await once(closing, 'close');
		await new Promise<void>((resolve) => ending.close(() => resolve()));
	};
	await start();
	return {
		port,
		published,
		get clients() {
			return broker?.connectedClients ?? 0;
		},
		stopConfirming() {
			isSilent = true;
		},
		start,
		stop,
	};
}
