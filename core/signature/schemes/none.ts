import type { Scheme } from './scheme';

export interface NoneConfig {
	readonly kind: 'none';
}

/** Lets everybody in, for networks that are trusted; only by name (architecture, decision 5). */
export const none: Scheme<NoneConfig> = {
	kind: 'none',
	fields: [],
	isOpen: true,
	canSign: false,
	verify: () => ({}),
	present: () => ({}),
};
