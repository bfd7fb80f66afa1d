import { YamlCursor } from './cursor';
import { NO_PROPERTIES } from './node';

import type { Properties, YamlNode } from './node';

const FLOW_INDICATORS = ',[]{}';

/** What block and flow nodes have in common: anchors, aliases and tags. */
export abstract class NodeReader {
	protected readonly cursor: YamlCursor;
	/** Values by anchor; undefined while the anchored node is still being read. */
	private readonly anchors = new Map<string, YamlNode | undefined>();

	constructor(text: string, firstLine: number) {
		this.cursor = new YamlCursor(text, firstLine);
	}

	protected alias(): YamlNode {
		const { cursor } = this;
		cursor.at += 1;
		const name = this.word();
		if (!this.anchors.has(name)) throw cursor.fail(`unknown anchor '${name}' referenced`);
		const node = this.anchors.get(name);
		if (node === undefined) throw cursor.fail(`anchor '${name}' value contains itself`);
		return { value: node.value, isMergeKey: false };
	}

	/** `&anchor` and `!tag` in any order. */
	protected properties(): Properties {
		const { cursor } = this;
		let anchor: string | undefined;
		let tag: string | undefined;
		while (cursor.char === '&' || cursor.char === '!') {
			if (cursor.char === '&') {
				cursor.at += 1;
				anchor = this.word();
				if (anchor === '')
					throw cursor.fail('did not find expected alphabetic or numeric character');
			} else {
				tag = this.word();
			}
			if (!cursor.isBlank() && !FLOW_INDICATORS.includes(cursor.char)) {
				throw cursor.fail('did not find expected whitespace or line break');
			}
			const end = cursor.at;
			cursor.skipSpaces();
			if (cursor.char !== '&' && cursor.char !== '!') {
				cursor.at = end;
				break;
			}
		}
		return anchor === undefined && tag === undefined ? NO_PROPERTIES : { anchor, tag };
	}

	private word(): string {
		const { cursor } = this;
		const start = cursor.at;
		while (!cursor.isBlank() && !FLOW_INDICATORS.includes(cursor.char)) cursor.at += 1;
		return cursor.text.slice(start, cursor.at);
	}

	protected anchored(properties: Properties, read: () => YamlNode): YamlNode {
		const { anchor } = properties;
		if (anchor === undefined) return read();
		this.anchors.set(anchor, undefined);
		const node = read();
		this.anchors.set(anchor, node);
		return node;
	}
}
