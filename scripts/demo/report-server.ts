import { once } from 'node:events';
import { createServer } from 'node:http';

/** Listens on 127.0.0.1 for the event ids that the flow reports. */
export async function startReportServer(
	onIds: (eventIds: readonly string[]) => void,
): Promise<{ url: string; close(): void }> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const ids: unknown = JSON.parse(Buffer.concat(chunks).toString());
			const valid = Array.isArray(ids) && ids.every((id) => typeof id === 'string');
			if (valid) onIds(ids);
			response.writeHead(valid ? 200 : 400).end();
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no address');
	return {
		url: `http://127.0.0.1:${address.port}/`,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
