import { CONNECTIONS, IDLE_TIMEOUT_MS, inSeconds, LISTENER, PORT } from '../../core/pure/bounds';
import * as check from './check';
import type { Verdict } from './check';
import { chosen } from './chosen';
import { prepareFolds, typed } from './form';
import { text } from './text';

/** What the dialog of sluice-listener saves, and the fields of a node of it. */
type Saved = { readonly [field: string]: unknown };

const FILE = /^(\/|[A-Za-z]:[\\/]|\\\\)/;

/** One field each; what is needed by a choice alone asks for the choice. Variables of the environment are put in later. */
const CHECKS: Record<string, (value: unknown, tls: unknown) => Verdict> = {
	port: (value) => variable(value) || check.whole(text('label.port'), value, PORT),
	prefix: check.path,
	healthPath: check.path,
	readyPath: check.path,
	metricsPath: check.path,
	tlsNode: (value, tls) => tls !== 'given' || chosen('label.tls', value),
	certFile: (value, tls) => tls !== 'files' || file('certFile', value),
	keyFile: (value, tls) => tls !== 'files' || file('keyFile', value),
	caFile: (value, tls) => tls !== 'files' || isEmpty(value) || file('caFile', value),
	idleTimeoutSeconds: (value) =>
		variable(value) || check.whole(text('label.idleTimeout'), value, inSeconds(IDLE_TIMEOUT_MS)),
	maxConnections: (value) =>
		isEmpty(value) ||
		variable(value) ||
		check.whole(text('label.maxConnections'), value, CONNECTIONS),
	metricsToken: (value) => isEmpty(value) || check.secret(value, 'address', text('label.token')),
};

/** The dialog of sluice-listener. */
export const listener = {
	prepare(this: void): void {
		const tls = $('#node-config-input-tls');
		const show = (): void => {
			for (const part of ['files', 'given'])
				$(`.sluice-listener-${part}`).toggle(typed(tls) === part);
			// Whether they are needed goes by the choice.
			$('#node-config-input-certFile, #node-config-input-keyFile').trigger('change');
		};
		tls.on('change', show);
		show();
		prepareFolds($('#node-config-dialog-edit-form'));
	},

	/** Validator of a field. Node-RED takes words for a fault only from a function of two arguments. */
	checks(this: void, field: string) {
		return function (this: Saved, value: unknown, _opt: unknown): Verdict {
			const tls = $('#node-config-input-tls').val() ?? this['tls'];
			return CHECKS[field]?.(value, tls) ?? true;
		};
	},

	/** Undefined where there is nothing to call it by. */
	label(this: void, node: Saved): string | undefined {
		if (node['name']) return String(node['name']);
		return node['port'] ? `${hostOf(node)}:${String(node['port'])}` : undefined;
	},
};

/** What a sender calls, as far as the editor can know; undefined where the listener is gone. */
export function listenerOrigin(id: string): string | undefined {
	const node = RED.nodes.node(id) as Saved | null;
	if (!node) return undefined;
	const host = hostOf(node);
	// Every address of the machine: the one by which the editor was reached is one of them.
	const shown = ['0.0.0.0', '::'].includes(host) ? location.hostname : host;
	const scheme = (node['tls'] ?? 'off') === 'off' ? 'http' : 'https';
	const name = shown.includes(':') && !shown.startsWith('[') ? `[${shown}]` : shown;
	return `${scheme}://${name}:${String(node['port'])}${String(node['prefix'] ?? '').trim()}`;
}

function hostOf(node: Saved): string {
	return String(node['host'] ?? '').trim() || LISTENER.host;
}

function isEmpty(value: unknown): true | false {
	return String(value ?? '').trim() === '';
}

function variable(value: unknown): true | false {
	return check.isVariable(String(value ?? ''));
}

function file(field: string, value: unknown): Verdict {
	const written = String(value ?? '').trim();
	if (check.isVariable(written) || FILE.test(written)) return true;
	return text('error.file', { label: text(`label.${field}`) });
}
