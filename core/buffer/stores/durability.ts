import { ConfigError } from '../../errors';

/** full: an answer means fsync (I1). normal: the last commits may vanish with the power; to be named by who wants it. */
export type Durability = 'full' | 'normal';

/** @throws ConfigError */
export function checkDurability(durability: unknown = 'full'): Durability {
	if (durability === 'full' || durability === 'normal') return durability;
	throw new ConfigError('store.durability', '"full" or "normal"', durability);
}
