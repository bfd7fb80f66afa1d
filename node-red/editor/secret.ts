import type { EditorNode } from './red';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 48;

/** 48 characters of 0-9 A-Z a-z, about 285 bits. */
export function randomSecret(): string {
	let secret = '';
	while (secret.length < LENGTH) {
		for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
			// 248 is the largest multiple of 62 in a byte; above it, the first characters would be likelier.
			if (byte < 248 && secret.length < LENGTH) secret += ALPHABET.charAt(byte % 62);
		}
	}
	return secret;
}

/** Gives a receiver that was just dropped its own secret. */
export function receiverAdded(node: EditorNode): void {
	if (node._config === undefined) setSecret(node);
	else ensureSecret(node);
}

/**
 * Copies and imports come without their secret, since Node-RED leaves credentials out of the clipboard: they get a new one. A
 * receiver that was cut and pasted keeps its id, and with it the secret that the server still has.
 */
export function ensureSecret(node: EditorNode): void {
	if (node.credentials?.['urlSecret']) return;
	$.getJSON(`credentials/sluice-receiver/${node.id}`).then(
		(stored: Record<string, unknown>) => {
			if (!stored['urlSecret'] && RED.nodes.node(node.id)) setSecret(node);
		},
		() => {}, // Without it nothing is accepted, and the dialog makes one when it is opened.
	);
}

function setSecret(node: EditorNode): void {
	if (node.credentials?.['urlSecret']) return;
	node.credentials = { ...node.credentials, urlSecret: randomSecret() };
}
