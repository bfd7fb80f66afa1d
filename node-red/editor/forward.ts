import * as check from './check';
import { buildDataForm, type DataForm } from './data-form';
import { chosen } from './chosen';
import { closed, fillDefaults, isOpen, opened } from './dialog';
import { checkFilter, type FilterSettings } from './filter-check';
import { buildFilterForm, type FilterForm } from './filter-form';
import { prepareFolds, typed } from './form';
import type { Settings } from './checks-by-name';
import { checkForward } from './forward-checks';
import { buildHeaderList, checkHeaderList, saveHeaderList } from './header-list';
import {
	buildMappingErrorField,
	type MappingErrorField,
	type OnMappingError,
} from './mapping-error-field';
import { checkNode } from './node-templates';
import type { EditorNode } from './red';
import { buildRetryField } from './retry-field';
import { dialogSample } from './sample';
import { buildSamplePanel, type SamplePanel } from './sample-panel';
import { buildSchemeForm, type SchemeForm } from './scheme-form';
import { checkSchemes, savedScheme, secretRuleOf, signingSchemes } from './schemes';
import { showWhere } from './show-where';
import { buildTabs } from './tabs';
import { buildTestDelivery, stopTestDelivery } from './test-delivery';
import { text } from './text';

let scheme: SchemeForm | undefined;
let data: DataForm | undefined;
let filter: FilterForm | undefined;
let panel: SamplePanel | undefined;
let onError: MappingErrorField | undefined;

/** Settings that are checked anew when another one changes. */
const DEPENDENT: Readonly<Record<string, readonly string[]>> = {
	destination: [
		'url',
		'domain',
		'dataset',
		'resource',
		'pushKey',
		'maxRecords',
		'count',
		'time',
		'size',
	],
	auth: [
		'authHeader',
		'authValue',
		'authToken',
		'authUser',
		'authTokenUrl',
		'authClientId',
		'authClientSecret',
	],
	proxy: ['httpProxy'],
	send: ['count', 'time', 'idle', 'size', 'format', 'body'],
	time: ['idle'],
	format: ['body'],
	body: ['format', 'labels'],
	retryOn: ['finalOn'],
	finalOn: ['retryOn'],
	order: ['orderKeyPath', 'maxInFlight'],
	perSecond: ['burst'],
	perMinute: ['burst'],
	breaker: ['breakerPercent', 'breakerRequests', 'breakerWindow'],
	giveUp: ['giveUpAfter'],
};

/** The dialog of sluice-forward: where to, what, when, and which. */
export const forward = {
	prepare(this: void, node: EditorNode): void {
		opened(node);
		fillDefaults(node);
		buildHeaderList($('#sluice-headers'), node);
		buildSchemeForm($('#sluice-scheme'), $('#sluice-scheme-fields'), {
			label: text('label.signWith'),
			none: text('choice.signNothing'),
			schemes: signingSchemes(),
			direction: 'sign',
			saved: savedScheme(node, 'signatures'),
			changed(made) {
				scheme = made;
				$('#sluice-shared-secret').toggle(secretRuleOf(made.kind()) !== undefined);
				$('#node-input-secret').trigger('change');
			},
		});
		data = buildDataForm(
			$('#sluice-forward-data'),
			node as Partial<check.DataSettings>,
			['event', 'fields', 'columns'],
			() => {
				input('format').add(input('body')).trigger('change');
				onError?.show(data?.read().data ?? 'event');
				panel?.refresh();
			},
		);
		const rows = data;
		panel = buildSamplePanel(rows.beside, {
			...{ nodeId: node.id, sample: dialogSample(node), hasLast: false, to: 'request' },
			mapping: () => ({ ...rows.read(), ...filter?.read(), ...writtenAs() }),
			showCells: (cells) => rows.showCells(cells),
		});
		onError = buildMappingErrorField(
			$('#sluice-forward-data'),
			(node['onMappingError'] as OnMappingError | undefined) ?? 'dead',
			'batches',
		);
		onError.show(data.read().data);
		filter = buildFilterForm($('#sluice-forward-filter'), node as FilterSettings, {
			fedBy: 'messages',
			changed: () => panel?.refresh(),
		});
		buildRetryField(input('retryDelays'));
		buildTestDelivery($('#sluice-page-test'), node);
		const form = $('#dialog-form');
		followDestination();
		form.on('change', WRITTEN_BY, () => panel?.refresh());
		showWhere(form, input);
		recheck();
		prepareFolds(form);
		buildTabs($('#sluice-tabs'), $('#sluice-pages'), (id) =>
			node._def._(`sluice-forward.tab.${id.replace('sluice-page-', '')}`),
		);
	},
	save(this: void, node: EditorNode): void {
		saveHeaderList($('#sluice-headers'), node);
		const signature = scheme?.read();
		node['signatures'] = signature ? [signature] : [];
		Object.assign(node, data?.read(), filter?.read(), { onMappingError: onError?.read() });
		void checkNode(node);
		forget();
	},
	cancel(this: void): void {
		forget();
	},
	/** What is wrong with one setting; of others that it goes by, what the open dialog says counts. */
	check(this: void, name: string, value: unknown, node: EditorNode): check.Verdict {
		return checkForward(name, value, node._def._(`sluice-forward.label.${name}`), settingsOf(node));
	},
	/** What signs needs one that is there and complete. */
	checkSecret(this: void, value: unknown, node: EditorNode): check.Verdict {
		const kind = isOpen(node) && scheme ? scheme.kind() : savedScheme(node, 'signatures')?.kind;
		return secretRuleOf(kind) === undefined ? true : chosen('label.secret', value);
	},
	checkSignatures(this: void, value: unknown): true | readonly string[] {
		return checkSchemes(value, 'sign', 0);
	},
	checkHeaders(this: void, value: unknown): true | readonly string[] {
		return checkHeaderList(value);
	},
	/** Fields and columns, which are used unless messages leave as they come. */
	checkData(this: void, node: EditorNode): true | readonly string[] {
		const settings = node as Partial<check.DataSettings>;
		return (node['send'] ?? 'as') === 'as' ? true : check.all(check.data(settings));
	},
	checkFilter(this: void, node: EditorNode): true | readonly string[] {
		return check.all(checkFilter(node as FilterSettings));
	},
};

function input(name: string): JQuery {
	return $(`#node-input-${name}`);
}

function settingsOf(node: EditorNode): Settings {
	return (name) => {
		if (!isOpen(node)) return node[name];
		if (name === 'data') return data?.read().data;
		const field = input(name);
		return field.is(':checkbox') ? field.is(':checked') : typed(field);
	};
}

/** Records of a dataset are collected here and leave in order; the choices of an endpoint come back with it. */
function followDestination(): void {
	const destination = input('destination');
	const [send, order] = [input('send'), input('order')];
	const any = order.find('option[value="any"]');
	let ofEndpoint = { send: send.val(), order: order.val() };
	const follow = (): void => {
		const isDataset = typed(destination) === 'opendatasoft';
		any.prop('disabled', isDataset).toggle(!isDataset);
		if (isDataset) {
			ofEndpoint = { send: send.val(), order: order.val() };
			send.val('batch');
			if (order.val() !== 'key') order.val('strict');
		} else {
			send.val(ofEndpoint.send ?? 'as');
			order.val(ofEndpoint.order ?? 'any');
		}
		send.add(order).trigger('change');
	};
	if (typed(destination) === 'opendatasoft') follow();
	destination.on('change', follow);
}

/** What decides over how rows are written. */
const WRITTEN_BY = ['destination', 'send', 'body', 'format', 'csvHeader']
	.map((name) => `#node-input-${name}`)
	.join();

/** The sample is shown as the body of a request has it, where that holds a batch of rows as they are. */
function writtenAs(): object {
	const now = (name: string): string => typed(input(name));
	if (now('destination') !== 'http' || now('send') !== 'batch' || now('body') !== 'row') return {};
	const batchCsvHeader = input('csvHeader').is(':checked');
	return { batchAs: 'text', batchFormat: now('format'), batchCsvHeader };
}

function recheck(): void {
	for (const [name, dependents] of Object.entries(DEPENDENT)) {
		const others = dependents.map((one) => input(one));
		let isRunning = false;
		input(name).on('change', () => {
			// Two that depend on each other.
			if (isRunning) return;
			isRunning = true;
			for (const other of others) other.trigger('change');
			isRunning = false;
		});
	}
}

function forget(): void {
	closed();
	stopTestDelivery();
	scheme = undefined;
	data = undefined;
	panel = undefined;
	filter = undefined;
	onError = undefined;
}
