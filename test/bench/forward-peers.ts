/** What people forward with instead: axios by hand, and Node-RED's own node. */
import axios from 'axios';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../scripts/host/free-port';
import { prepareUserDir, startNodeRed } from '../../scripts/host/node-red-host';
import { node, TAB } from '../support/flows';
import { inParallel, type Sender } from './forward-load';

/** axios as its documentation shows it, with connections that are kept; nothing is queued and nothing is on disk. */
export function bareAxios(url: string, body: Uint8Array, concurrency: number): Sender {
	const httpAgent = new Agent({ keepAlive: true });
	const headers = { 'Content-Type': 'application/json' };
	// With no copy: axios takes a Buffer as it is.
	const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
	return {
		what: 'axios.post with a keep-alive agent, from memory',
		send: (requests) =>
			inParallel(requests, concurrency, () => axios.post(url, data, { httpAgent, headers })),
		async close() {
			httpAgent.destroy();
		},
	};
}

/** Node-RED's `http request` with keep-alive, fed by a function node as soon as one is answered. */
export async function nodeRed(url: string, body: string, concurrency: number): Promise<Sender> {
	const userDir = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
	const message = `{ payload: ${JSON.stringify(body)}, headers: { 'content-type': 'application/json' } }`;
	const begin = `flow.set('run', { asked: msg, left: Number(msg.req.query.n), open: ${concurrency} });
const run = flow.get('run');
run.left -= ${concurrency};
for (let i = 0; i < ${concurrency}; i++) node.send(${message});`;
	const next = `const run = flow.get('run');
if (run.left-- > 0) return [${message}, null];
if (--run.open === 0) return [null, { ...run.asked, payload: 'done' }];`;
	const options = {
		userDir,
		port: await freePort(),
		flows: [
			TAB,
			node('http in', 'in', { url: '/run', method: 'get' }, ['begin']),
			node('function', 'begin', { func: begin, outputs: 1 }, ['request']),
			node('http request', 'request', { method: 'POST', ret: 'txt', url, persist: true }, ['next']),
			node('function', 'next', { func: next, outputs: 2 }, ['request'], ['out']),
			node('http response', 'out', { statusCode: '200', headers: {} }),
		],
	};
	await prepareUserDir(options);
	const host = await startNodeRed(options);
	return {
		what: "Node-RED's http request with keep-alive, from memory",
		isElsewhere: true,
		send: (requests) =>
			new Promise((resolve, reject) => {
				get(`${host.url}/run?n=${requests}`, (answer) => {
					answer.on('end', resolve).resume();
				}).on('error', reject);
			}),
		async close() {
			await host.stop();
			await rm(userDir, { recursive: true, force: true });
		},
	};
}
