/**
 * A preset: all that has to be set of a receiver for one sender, as data. Dialogs offer them, documentation lists them, and
 * `settings/preset-receiver.ts` makes a receiver of one.
 *
 * To add one: a file here that exports its `Preset`, a line in `index.ts`, its section in `docs/receiving.md`, and where the sender
 * publishes a signature that can be checked, that vector in `test/unit/signature/presets/vectors.ts`. Rules that hold for each:
 *
 * 1. `verified` is true where a vector of the sender's own (its documentation, its software, its library) passes in our tests, and
 *    nowhere else. Whoever shows the others says so.
 * 2. The best way comes first. A sender that can sign is not to be taken by a key alone.
 * 3. An id is one that stays the same when the sender repeats an event, and that no other event has. Where a sender has none, nothing
 *    is a duplicate.
 */
import type { ReadBodyAs } from '../../event/read-as';
import type { AnswerBody, RefusalBody } from '../../pure/answer-bodies';
import type { SchemaMode } from '../../pure/field-types';
import type { HandshakeKind } from '../../pure/handshake-kinds';
import type { SchemeConfig } from '../schemes/index';

/** Where a request has a value. */
export type Place =
	/** Name of a header, any case. */
	| { readonly header: string }
	/** Place in the JSON body. */
	| { readonly path: string }
	/** Name of a parameter of the URL. */
	| { readonly query: string };

type WithoutSecrets<Config> = Config extends { readonly secrets: unknown }
	? Omit<Config, 'secrets'>
	: Config;

/** One way in which the sender proves itself. */
export interface PresetWay {
	/** The scheme with all that differs from its defaults. What it needs and no preset can know is for the user to give (`isNeeded`). */
	readonly scheme: Exclude<WithoutSecrets<SchemeConfig>, { readonly kind: 'none' }>;
	/** Rule 1. */
	readonly verified: boolean;
	/** What the sender calls the secret; absent where none is shared. */
	readonly secretName?: string;
}

export interface Preset {
	/** Stable, lower case with hyphens. */
	readonly id: string;
	/** As the sender calls itself. */
	readonly name: string;
	readonly ways: readonly [PresetWay, ...PresetWay[]];
	/** Where the type of the event is. */
	readonly type?: Place;
	/** Rule 3. */
	readonly eventId?: Exclude<Place, { readonly query: string }>;
	/** It sends states of devices in the shape of the Data Connector: the latest of each is kept. */
	readonly keepsLatest?: boolean;
	/** It tries the address before it pushes there (receiver/handshakes). */
	readonly handshake?: HandshakeKind;
	/** What of a request is an event, as receivers split it; default all of it. */
	readonly split?: 'array' | 'cloudevents';
	/** Where the content type says something else than what it is. */
	readonly readBodyAs?: ReadBodyAs;
	/** What the answer has to be where ours would be taken amiss. */
	readonly answer?: {
		readonly body: AnswerBody;
		/** Where it is text or json. */
		readonly text?: string;
		readonly refusals?: RefusalBody;
	};
	/** Largest body, where it sends more than receivers take by default. */
	readonly maxBodyBytes?: number;
	/** What becomes of its events as records; the fields are for the user to say. */
	readonly schema?: SchemaMode;
	/** Page of the sender that says so. */
	readonly source: string;
}
