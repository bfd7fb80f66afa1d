import { ALERTS, FORMER_URL_SECRET_MS } from '../../core/pure/bounds';
import { answerChecks, prepareAnswerForm } from './answer-form';
import { checkBuffers } from './buffer-check';
import * as check from './check';
import { buildBufferList, type BufferList } from './buffer-list';
import { closed, isOpen, opened } from './dialog';
import { mark, prepareFolds, typed } from './form';
import { checkNode } from './node-templates';
import { chosen } from './chosen';
import { listenerOrigin } from './listener';
import { askAboutPath, checkNodePath, knownPathFault } from './path-check';
import { buildPushAddress, type PushAddress } from './push-address';
import { element, type EditorNode } from './red';
import { checkLimit } from './limit-check';
import { buildSeen } from './seen';
import { buildSchemeForm, type SchemeForm } from './scheme-form';
import { checkSchemes, receiverSchemes, savedScheme, secretRuleOf } from './schemes';
import { randomSecret, receiverAdded } from './secret';
import { showWhere } from './show-where';
import { buildTabs } from './tabs';
import { text } from './text';
import { defaultPath, shadowed, type HttpIn } from '../runtime/receiver-path';

/** Longer than the pauses between keys. */
const TYPING_MS = 400;

let buffers: BufferList | undefined;
let scheme: SchemeForm | undefined;

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
		const form = $('#dialog-form');
		const secret = $('#node-input-urlSecret');
		if (secretRuleOf(chosenKind(node)) === 'url' && !secret.val()) {
			// A receiver that was written by hand or imported into a new tab; the secret counts from the next deploy.
			secret.val(randomSecret());
		}
		$('#sluice-new-secret').on('click', () => secret.val(randomSecret()).trigger('change'));
		$('#node-input-path').attr('placeholder', defaultPath(node.id));
		scheme = buildSchemeForm($('#sluice-auth'), $('#sluice-auth-fields'), {
			label: text('label.auth'),
			schemes: receiverSchemes(),
			direction: 'verify',
			saved: savedScheme(node, 'auth'),
			changed(made) {
				scheme = made;
				const rule = secretRuleOf(made.kind());
				$('#sluice-url-secret, #sluice-former-url-secret').toggle(rule === 'url');
				$('#sluice-shared-secret').toggle(rule === 'signature');
				// Both are checked by the choice, and the address is shown by it.
				$('#node-input-urlSecret, #node-input-secret').trigger('change');
			},
		});
		prepareAnswerForm(node);
		buildPushAddress($('#sluice-address'), {
			address: () => address(node),
			ways: () => [scheme?.read() ?? savedScheme(node, 'auth')].filter((way) => way !== undefined),
			inputs: $('#node-input-path, #node-input-urlSecret, #node-input-listener'),
		});
		buildSeen($('#sluice-seen'), node);
		watchPath(node);
		buffers = buildBufferList($('#sluice-buffers'), node, $('#node-input-outputs'));
		showWhere(form, (name) => $(`#node-input-${name}`));
		prepareFolds(form);
		buildTabs($('#sluice-tabs'), $('#sluice-pages'), (id) =>
			node._def._(`sluice-receiver.tab.${id.replace('sluice-page-', '')}`),
		);
	},

	save(this: void, node: EditorNode): void {
		if (buffers) node['buffers'] = buffers.read();
		const way = scheme?.read();
		if (way) node['auth'] = [way];
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

	checkInactiveAfter(this: void, value: unknown): check.Verdict {
		return check.duration(text('label.inactiveAfter'), value, ALERTS.inactiveAfterMs);
	},

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
		return secretRuleOf(chosenKind(node)) === 'url' ? check.secret(value, 'address') : true;
	},

	/** The shared secret counts only while a scheme is chosen that needs it. */
	checkSecret(this: void, value: unknown, node: EditorNode): check.Verdict {
		return secretRuleOf(chosenKind(node)) === 'signature' ? chosen('label.secret', value) : true;
	},

	checkAuth(this: void, value: unknown): true | readonly string[] {
		return checkSchemes(value, 'verify', 1);
	},
};

function forget(): void {
	closed();
	buffers = undefined;
	scheme = undefined;
}

/** In the dialog if it is open, else in the node. */
function chosenKind(node: EditorNode): string | undefined {
	return isOpen(node) && scheme ? scheme.kind() : savedScheme(node, 'auth')?.kind;
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
		const secretInUrl = secretRuleOf(chosenKind(node)) === 'url';
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
