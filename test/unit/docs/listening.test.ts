import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MAX_SHOWN, METRICS } from '../../../core/metrics/metric-list';
import { BODY_BYTES, CONNECTIONS, IDLE_TIMEOUT_MS, LISTENER } from '../../../core/pure/bounds';
import { LISTENER_TIMES } from '../../../core/receiver/listener/listener-times';

const page = readFileSync(path.join(__dirname, '../../../docs/listening.md'), 'utf8');

describe('docs/listening.md', () => {
	it('has the line of each metric, in the order of the list', () => {
		const lines = page.split('\n').filter((line) => line.startsWith('| `sluice_'));
		assert.deepEqual(
			lines,
			Object.entries(METRICS).map(([name, { type, labels, help }]) => {
				const shown = labels.map((label) => `\`${label}\``).join(', ');
				return `| \`${name}\` | ${type} | ${shown} | ${help} |`.replaceAll('|  |', '| |');
			}),
		);
		assert.ok(page.includes(`${MAX_SHOWN.toLocaleString('en-US')} receivers`));
	});

	it('has the bounds that core has', () => {
		const seconds = (ms: number) => `${ms / 1_000} s`;
		const { headersMs, requestMs, silentMs, comeBackMs, closeMs, certificatesMs } = LISTENER_TIMES;
		for (const line of [
			`of TLS | ${seconds(headersMs)} |`,
			`it trickles | ${seconds(requestMs)} |`,
			`without a request | ${seconds(IDLE_TIMEOUT_MS.fallback)}, by setting |`,
			`in either direction | ${seconds(silentMs)} |`,
			`connections at once | ${CONNECTIONS.fallback.toLocaleString('en-US')}, by setting |`,
			`body | ${BODY_BYTES.fallback / 1024 ** 2} MiB, by setting`,
			`for up to ${seconds(comeBackMs)}, until it is back`,
			`after ${seconds(closeMs)} the rest is cut`,
			`looked at every ${seconds(certificatesMs)}`,
			`127.0.0.1 unless`,
		])
			assert.ok(page.includes(line), line);
		for (const served of [LISTENER.healthPath, LISTENER.readyPath, LISTENER.metricsPath])
			assert.ok(page.includes(`\`${served}\``), served);
	});
});
