import { alertmanager } from './alertmanager';
import { asana } from './asana';
import { chirpStack } from './chirpstack';
import { cloudEventsSender } from './cloudevents';
import { disruptive } from './disruptive';
import { dropbox } from './dropbox';
import { eventGrid, eventGridCloudEvents } from './event-grid';
import { github } from './github';
import { gitlab } from './gitlab';
import { grafana } from './grafana';
import { graph } from './graph';
import { homeAssistant } from './home-assistant';
import { meta } from './meta';
import { netlify } from './netlify';
import { okta } from './okta';
import { opendatasoft } from './opendatasoft';
import { pagerDuty } from './pagerduty';
import { shopify } from './shopify';
import { slack } from './slack';
import { smartsheet } from './smartsheet';
import { snsSender } from './sns';
import { square } from './square';
import { standardWebhooksSender } from './standard-webhooks';
import { strava } from './strava';
import { stripe } from './stripe';
import { svix } from './svix';
import { theThingsStack } from './the-things-stack';
import { trello } from './trello';
import { twilio } from './twilio';
import { twitch } from './twitch';
import { typeform } from './typeform';
import { x } from './x';
import { xero } from './xero';
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
	meta,
	dropbox,
	xero,
	twitch,
	snsSender,
	graph,
	eventGrid,
	eventGridCloudEvents,
	cloudEventsSender,
	okta,
	strava,
	x,
	asana,
	smartsheet,
	trello,
	opendatasoft,
];

export function findPreset(id: unknown): Preset | undefined {
	return PRESETS.find((preset) => preset.id === id);
}
