import { METRICS, type MetricName } from './metric-list';

/** One number, at one instant. */
export interface Sample {
	readonly name: MetricName;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
	/** Of a summary: absent for a quantile, which is a label. */
	readonly part?: 'sum' | 'count';
}

/** Of `prometheusText`. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Samples in the text format 0.0.4 of Prometheus: those of one metric together, in the order of the list. Pure. */
export function prometheusText(samples: readonly Sample[]): string {
	const byName = new Map<MetricName, Sample[]>();
	for (const sample of samples) {
		const own = byName.get(sample.name);
		if (own) own.push(sample);
		else byName.set(sample.name, [sample]);
	}
	const lines = (Object.keys(METRICS) as MetricName[]).flatMap((name) => {
		const own = byName.get(name);
		if (!own) return [];
		const { type, help } = METRICS[name];
		return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...own.map(lineOf)];
	});
	return lines.map((line) => `${line}\n`).join('');
}

function lineOf({ name, labels, value, part }: Sample): string {
	const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
	const shown = pairs.length > 0 ? `{${pairs.join(',')}}` : '';
	return `${name}${part === undefined ? '' : `_${part}`}${shown} ${value}`;
}

/** Of a label's value (text format, "Line format"). */
function escaped(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
