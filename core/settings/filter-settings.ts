import { checkChoice } from '../check-value';
import type { Filter } from '../mapping/filter';
import type { LabelRule } from '../mapping/label-rule';
import { validateFilter } from '../mapping/validate-filter';
import { textList } from '../pure/text-list';
import { inDialog, type SettingPath } from './setting-path';

/** What is asked of one label. */
export interface LabelSetting {
	readonly key: string;
	readonly rule: (typeof LABEL_RULES)[number];
	/** Of `equals`; of `in` several, separated by commas. */
	readonly value?: string | undefined;
}

export const LABEL_RULES = ['has', 'hasNot', 'equals', 'in'] as const;

/** Which events a buffer takes; how they are used is told in buffer-settings.ts. */
export interface FilterSettings {
	/** Types of events, separated by commas; empty: all. */
	readonly filterTypes?: string | undefined;
	/** Place of the type in the JSON body of events that the flow brings; empty: `event.eventType`. */
	readonly filterTypePath?: string | undefined;
	/** All of them have to hold. */
	readonly filterLabels?: readonly LabelSetting[] | undefined;
	/** Place of the labels in the JSON body; empty: `labels`. */
	readonly filterLabelsPath?: string | undefined;
	/** Jsonnet that gives true or false; empty: none. */
	readonly filterCondition?: string | undefined;
}

const PLACES = {
	'filter.types': 'filterTypes',
	'filter.typePath': 'filterTypePath',
	'filter.labels': 'filterLabels',
	'filter.labelsPath': 'filterLabelsPath',
	'filter.condition': 'filterCondition',
	'filter.condition.content': 'filterCondition',
};

/** @returns undefined where nothing is left out @throws ConfigError naming the dialog's field and the bound */
export function toFilter(settings: FilterSettings, at: SettingPath): Filter | undefined {
	const { filterTypes = '', filterLabels = [], filterCondition = '' } = settings;
	const types = textList(filterTypes);
	const labels = filterLabels.map((one, index) =>
		toRule(one, (name) => `${at('filterLabels')}[${index}].${name}`),
	);
	const typePath = settings.filterTypePath?.trim();
	const labelsPath = settings.filterLabelsPath?.trim();
	const filter: Filter = {
		...(types.length > 0 ? { types } : {}),
		...(types.length > 0 && typePath ? { typePath } : {}),
		...(labels.length > 0 ? { labels } : {}),
		...(labels.length > 0 && labelsPath ? { labelsPath } : {}),
		...(filterCondition.trim() === ''
			? {}
			: { condition: { language: 'jsonnet', content: filterCondition } }),
	};
	if (Object.keys(filter).length === 0) return undefined;
	inDialog(() => validateFilter(filter, 'filter'), at, PLACES);
	return filter;
}

function toRule({ key, rule, value = '' }: LabelSetting, at: SettingPath): LabelRule {
	switch (checkChoice(rule, at('rule'), LABEL_RULES)) {
		case 'has':
			return { key, has: true };
		case 'hasNot':
			return { key, has: false };
		case 'equals':
			return { key, equals: value };
		case 'in':
			return { key, in: textList(value) };
	}
}
