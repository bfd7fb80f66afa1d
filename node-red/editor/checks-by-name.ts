import { isVariable, type Verdict } from './check';

/** The other settings of a dialog as they are now. */
export type Settings = (name: string) => unknown;

export type Check = (value: unknown, label: string, settings: Settings) => Verdict;

/** Looks at a setting by its name; what nothing is asked of is right. */
export const checkBy =
	(checks: Readonly<Record<string, Check>>) =>
	(name: string, value: unknown, label: string, settings: Settings): Verdict => {
		// What Node-RED puts in there is known at the deploy.
		if (typeof value === 'string' && isVariable(value)) return true;
		return checks[name]?.(value, label, settings) ?? true;
	};
