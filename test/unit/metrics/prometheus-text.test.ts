import assert from 'node:assert/strict';
import { METRICS } from '../../../core/metrics/metric-list';
import { prometheusText } from '../../../core/metrics/prometheus-text';

describe('metrics as the text of Prometheus', () => {
	it('are together by name, each behind what it is and means, in the order of the list', () => {
		const store = { store: 's' };
		const text = prometheusText([
			{ name: 'sluice_store_up', labels: store, value: 1 },
			{ name: 'sluice_export_dead_rows', labels: { ...store, export: 'r/a' }, value: 0 },
			{ name: 'sluice_export_dead_rows', labels: { ...store, export: 'r/b' }, value: 2.5 },
			{ name: 'sluice_listener_connections', labels: {}, value: 3 },
		]);
		assert.deepEqual(text.split('\n'), [
			`# HELP sluice_listener_connections ${METRICS.sluice_listener_connections.help}`,
			'# TYPE sluice_listener_connections gauge',
			'sluice_listener_connections 3',
			`# HELP sluice_export_dead_rows ${METRICS.sluice_export_dead_rows.help}`,
			'# TYPE sluice_export_dead_rows gauge',
			'sluice_export_dead_rows{store="s",export="r/a"} 0',
			'sluice_export_dead_rows{store="s",export="r/b"} 2.5',
			`# HELP sluice_store_up ${METRICS.sluice_store_up.help}`,
			'# TYPE sluice_store_up gauge',
			'sluice_store_up{store="s"} 1',
			'',
		]);
	});

	it('escape what would end a value or a line', () => {
		const labels = { store: 'a"b\\c\nd' };
		const text = prometheusText([{ name: 'sluice_store_up', labels, value: 1 }]);
		assert.match(text, /^sluice_store_up\{store="a\\"b\\\\c\\nd"\} 1\n$/m);
	});

	it('of a summary have sum and count beside the quantiles', () => {
		const name = 'sluice_export_request_duration_seconds';
		const text = prometheusText([
			{ name, labels: { quantile: '0.5' }, value: 0.25 },
			{ name, part: 'sum', labels: {}, value: 1.5 },
			{ name, part: 'count', labels: {}, value: 6 },
		]);
		assert.deepEqual(text.split('\n').slice(1, 5), [
			`# TYPE ${name} summary`,
			`${name}{quantile="0.5"} 0.25`,
			`${name}_sum 1.5`,
			`${name}_count 6`,
		]);
	});

	for (const [name, { type, labels, help }] of Object.entries(METRICS)) {
		it(`${name} is named by the conventions`, () => {
			assert.match(name, /^sluice_[a-z]+(_[a-z]+)+$/);
			assert.equal(name.endsWith('_total'), type === 'counter');
			assert.ok(!/milli|_ms\b|kilo|_mb\b/.test(name), 'base units');
			assert.match(help, /^[A-Z0-9][^\n]*\.$/);
			for (const label of labels) assert.match(label, /^[a-z]+$/);
			assert.ok(!(labels as readonly string[]).includes('quantile'));
		});
	}
});
