import { readFileSync } from 'node:fs';
import { checkSender, type SenderCase } from './cases-opendatasoft-sender';
import { runCases, type Capability } from './run-cases';

/** Sections of the case file, and what brings what they are about. */
const WAITS: Record<string, Capability> = {
	push: 'The three REST APIs',
	automation: 'The three REST APIs',
	connector: 'Receiving',
	types: 'Exports into tables and files',
};

const sections = JSON.parse(
	readFileSync(new URL('../cases/opendatasoft.json', import.meta.url), 'utf8'),
) as Record<string, { id: string }[]>;

describe('Opendatasoft cases', () => {
	for (const [section, cases] of Object.entries(sections)) {
		// What is no list explains the file.
		if (!Array.isArray(cases)) continue;
		const waits = WAITS[section];
		if (section === 'sender')
			runCases(section, cases as SenderCase[], {
				checks: { '*': checkSender },
				waits: { 'odsclient-error-key': 'The three REST APIs' },
			});
		else runCases(section, cases, waits ? { waits: { '*': waits } } : {});
	}
});
