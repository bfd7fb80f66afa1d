import { ALERTS, FORMER_URL_SECRET_MS, NODE_WAYS } from '../../core/pure/bounds';
import { answerChecks, prepareAnswerForm } from './answer-form';
import { checkBuffers } from './buffer-check';
import * as check from './check';
import { buildBufferList, type BufferList } from './buffer-list';
import { closed, fillDefaults, isOpen, opened } from './dialog';
import { mark, prepareFolds, typed } from './form';
import { checkNode } from './node-templates';
import { chosen } from './chosen';
import { listenerOrigin } from './listener';
import { offerPaths } from './path-list';
import { askAboutPath, checkNodePath, knownPathFault } from './path-check';
import { buildPushAddress, type PushAddress } from './push-address';
import { checkField } from './receiver-fields';
import { element, type EditorNode } from './red';
import { checkLimit } from './limit-check';
import { dialogSample } from './sample';
import { buildSeen } from './seen';
import {
	buildSchemaForm,
	checkSchemaFields,
	checkSourceField,
	type SchemaForm,
} from './schema-form';
import { checkSchemes, savedSchemes, secretRuleOf, type SavedScheme } from './schemes';
import { randomSecret, receiverAdded } from './secret';
import { buildSenderForm } from './sender-form';
import { showWhere } from './show-where';
import { buildTabs } from './tabs';
import { buildTestDelivery, stopTestDelivery } from './test-delivery';
import { text } from './text';
import { buildWaysForm, type WaysForm } from './ways-form';
import { defaultPath, shadowed, type HttpIn } from '../runtime/receiver-path';

/** Longer than the pauses between keys. */
const TYPING_MS = 400;

let buffers: BufferList | undefined;
let ways: WaysForm | undefined;
let schema: SchemaForm | undefined;

/** The dialog of sluice-receiver. */
export const receiver = {
	added(this: void, node: EditorNode): void {
		receiverAdded(node);
		const list = node['buffers'];
		for (const buffer of Array.isArray(list) ? (list as check.BufferSettings[]) : []) {
			buffer.id ||= RED.nodes.id();
		}
	},

	prepare(this: void, node: EditorNode): void {
		opened(node);
		fillDefaults(node);
		const form = $('#dialog-form');
		const secret = $('#node-input-urlSecret');
		if (hasUrlSecret(node) && !secret.val()) {
			// A receiver that was written by hand or imported into a new tab; the secret counts from the next deploy.
			secret.val(randomSecret());
		}
		$('#sluice-new-secret').on('click', () => secret.val(randomSecret()).trigger('change'));
		$('#node-input-path').attr('placeholder', defaultPath(node.id));
		ways = buildWaysForm(node, (made) => {
			ways = made;
			// They are checked by the choice, and the address is shown by it.
			$('#node-input-urlSecret').trigger('change');
			$('#node-input-secret, #node-input-secret2, #node-input-secret3').trigger('change');
		});
		prepareAnswerForm(node);
		buildSenderForm(node, (way) => ways?.setOnly(way));
		buildPushAddress($('#sluice-address'), {
			address: () => address(node),
			ways: () => waysOf(node),
			split: () => typed($('#node-input-split')),
			inputs: $('#node-input-path, #node-input-urlSecret, #node-input-listener, #node-input-split'),
		});
		buildSeen($('#sluice-seen'), node);
		buildTestDelivery($('#sluice-page-test'), node, 'test.receiverHint');
		watchPath(node);
		schema = buildSchemaForm(node);
		const sample = dialogSample(node, () => sampleReceiver(schema));
		buffers = buildBufferList($('#sluice-buffers'), {
			...{ node, sample },
			outputs: $('#node-input-outputs'),
		});
		// What a push becomes is set on other pages.
		form.on('change input', '[id^="node-input-"], #sluice-schema-fields *', sample.changed);
		for (const input of PATH_INPUTS) offerPaths($(`#node-input-${input}`));
		showWhere(form, (name) => $(`#node-input-${name}`));
		prepareFolds(form);
		buildTabs($('#sluice-tabs'), $('#sluice-pages'), (id) =>
			node._def._(`sluice-receiver.tab.${id.replace('sluice-page-', '')}`),
		);
	},

	save(this: void, node: EditorNode): void {
		if (buffers) node['buffers'] = buffers.read();
		if (schema) node['schemaFields'] = schema.read();
		// What was written by hand beyond those that the dialog shows stays, and is refused by name.
		if (ways) node['auth'] = [...ways.read(), ...savedSchemes(node, 'auth').slice(NODE_WAYS)];
		void checkNode(node);
		void checkNodePath(node);
		forget();
	},

	cancel(this: void): void {
		forget();
	},

	...answerChecks,

	checkBuffers(this: void, value: unknown): true | readonly string[] {
		return checkBuffers(value);
	},

	checkSchemaFields(this: void, value: unknown, node: EditorNode): true | readonly string[] {
		return checkSchemaFields(value, node);
	},

	checkSourceField(this: void, value: unknown, node: EditorNode): check.Verdict {
		return checkSourceField(value, node);
	},

	checkInactiveAfter(this: void, value: unknown): check.Verdict {
		return check.duration(text('label.inactiveAfter'), value, ALERTS.inactiveAfterMs);
	},

	checkField,

	checkLimit(this: void, name: string, value: unknown): check.Verdict {
		return checkLimit(name, value);
	},

	checkFormerUrlSecret(this: void, value: unknown): check.Verdict {
		return check.duration(text('label.formerUrlSecret'), value, FORMER_URL_SECRET_MS);
	},

	checkPath(this: void, value: unknown, node: EditorNode): check.Verdict {
		const verdict = check.path(value);
		if (verdict !== true) return verdict;
		const listener = chosenListener(node);
		// What is Node-RED's own is so at its own address alone.
		const fault = listener ? undefined : knownPathFault(String(value ?? '').trim());
		if (fault !== undefined) return text('error.pathFault', { fault });
		const mine = comparable(String(value ?? '') || defaultPath(node.id));
		const twin = RED.nodes
			.filterNodes({ type: 'sluice-receiver' })
			.find(
				(other) =>
					other.id !== node.id &&
					other['d'] !== true &&
					(other['listener'] ?? '') === listener &&
					comparable(String(other['path'] ?? '') || defaultPath(other.id)) === mine,
			);
		return twin ? text('error.pathTaken', { name: twin.name || twin.id }) : true;
	},

	checkUrlSecret(this: void, value: unknown, node: EditorNode): check.Verdict {
		return hasUrlSecret(node) ? check.secret(value, 'address') : true;
	},

	/** The shared secret of a way, counted from 1, counts only while it has a scheme that needs it. */
	checkSecret(this: void, value: unknown, node: EditorNode, number: number): check.Verdict {
		const rule = secretRuleOf(waysOf(node)[number - 1]?.kind);
		return rule === 'signature' ? chosen('label.secret', value) : true;
	},

	checkAuth(this: void, value: unknown): true | readonly string[] {
		return checkSchemes(value, 'verify', 1);
	},
};

/** What of the receiver decides over what a push becomes, as it is in the dialog. */
function sampleReceiver(schema: SchemaForm | undefined): object {
	const values = SAMPLE_INPUTS.map((name) => [name, typed($(`#node-input-${name}`))] as const);
	const set = values.filter(([, value]) => value !== '');
	return { ...Object.fromEntries(set), schemaFields: schema?.read() ?? [] };
}

const SAMPLE_INPUTS = [
	...['maxBodyBytes', 'readBodyAs', 'split', 'csvDelimiter', 'source'],
	...['typePath', 'typeHeader', 'typeQuery'],
	...['schemaMode', 'schemaUnknown', 'schemaSourceField'],
];

/** Fields that name a place in the body. */
const PATH_INPUTS = [
	...['typePath', 'dedupeKeyPath'],
	...['latestDevicePath', 'latestTypePath', 'latestLabelsPath', 'latestTimePath'],
];

function forget(): void {
	closed();
	stopTestDelivery();
	buffers = undefined;
	ways = undefined;
	schema = undefined;
}

/** In the dialog if it is open, else in the node. */
function waysOf(node: EditorNode): readonly SavedScheme[] {
	return isOpen(node) && ways ? ways.read() : savedSchemes(node, 'auth');
}

function hasUrlSecret(node: EditorNode): boolean {
	return waysOf(node).some(({ kind }) => secretRuleOf(kind) === 'url');
}

/** Shows what the server says about the path as soon as it does, and which `http in` nodes the receiver would hide. */
function watchPath(node: EditorNode): void {
	const input = $('#node-input-path');
	const beside = element('<div>', 'sluice-warning').attr('role', 'status');
	beside.append(element('<i>', 'fa fa-warning'), ' ', element('<span>')).insertAfter(input);
	let timer = 0;
	const showBeside = (): void => {
		if (chosenListener(node)) return void beside.toggle(false);
		const nodes = RED.nodes.filterNodes({ type: 'http in' }).filter(({ d }) => d !== true);
		const secretInUrl = hasUrlSecret(node);
		const path = typed(input) || defaultPath(node.id);
		const others = shadowed(path, secretInUrl, nodes as unknown as HttpIn[])
			.map(({ name, method }) => `${name} (${method})`)
			.join(', ');
		beside
			.toggle(others !== '')
			.children('span')
			.text(text('warning.httpIn', { others }));
	};
	const ask = (): void => {
		const path = typed(input);
		void askAboutPath(path).then(() => {
			if (typed(input) !== path) return;
			mark(input, receiver.checkPath(path, node));
		});
	};
	input.on('change keyup paste input', () => {
		showBeside();
		clearTimeout(timer);
		timer = window.setTimeout(ask, TYPING_MS);
	});
	$('#node-input-urlSecret, #node-input-listener').on('change', showBeside);
	$('#node-input-listener').on('change', () => input.trigger('change'));
	showBeside();
	ask();
}

/** Id of its sluice-listener, in the dialog if it is open; empty: Node-RED's own address. */
function chosenListener(node: EditorNode): string {
	const written = isOpen(node) ? $('#node-input-listener').val() : node['listener'];
	return written === '_ADD_' ? '' : String(written ?? '');
}

function comparable(path: string): string {
	return path.replace(/\/+$/, '');
}

/** Where to push to, as far as the editor can know: behind a proxy only its origin differs. */
function address(node: EditorNode): PushAddress | undefined {
	const listener = chosenListener(node);
	const root = listener ? '' : RED.settings.httpNodeRoot;
	const origin = listener ? listenerOrigin(listener) : location.origin;
	if (root === false || origin === undefined) return undefined;
	const path = typed($('#node-input-path')) || defaultPath(node.id);
	const joined = `/${root ?? ''}/${path}`.replace(/\/{2,}/g, '/').replace(/\/+$/, '');
	return { url: `${origin}${joined}`, secret: typed($('#node-input-urlSecret')) };
}
