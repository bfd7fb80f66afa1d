import { alertmanager } from './alertmanager';
import { chirpStack } from './chirpstack';
import { disruptive } from './disruptive';
import { github } from './github';
import { gitlab } from './gitlab';
import { grafana } from './grafana';
import { homeAssistant } from './home-assistant';
import { netlify } from './netlify';
import { pagerDuty } from './pagerduty';
import { shopify } from './shopify';
import { slack } from './slack';
import { square } from './square';
import { standardWebhooksSender } from './standard-webhooks';
import { stripe } from './stripe';
import { svix } from './svix';
import { theThingsStack } from './the-things-stack';
import { twilio } from './twilio';
import { typeform } from './typeform';
import { zoom } from './zoom';
import type { Preset } from './preset';

/** The only list of presets, in the order in which dialogs and docs show them. */
export const PRESETS: readonly Preset[] = [
	github,
	gitlab,
	stripe,
	shopify,
	slack,
	twilio,
	square,
	svix,
	standardWebhooksSender,
	zoom,
	pagerDuty,
	typeform,
	disruptive,
	netlify,
	theThingsStack,
	chirpStack,
	homeAssistant,
	grafana,
	alertmanager,
];

export function findPreset(id: unknown): Preset | undefined {
	return PRESETS.find((preset) => preset.id === id);
}
