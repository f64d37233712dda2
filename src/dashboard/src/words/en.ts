// Every word that the dashboard shows, in English. Other languages have the same keys: the compiler compares them.
// `{name}` is replaced. A pair of texts is for one and for many: its first number decides.
import { enAudit } from "./audit.en";
import { enBuilder } from "./builder.en";
import { enDeliveries } from "./deliveries.en";
import { fieldsEn } from "./fields.en";
import { enGrowth } from "./growth.en";
import { enUsers } from "./users.en";
import { enPeople } from "./people.en";
import { enSignIn } from "./sign-in.en";
import { enShell } from "./shell.en";
import { enWebhooks } from "./webhooks.en";

export const en = {
	...enAudit,
	...enBuilder,
	...enDeliveries,
	...enUsers,
	...enGrowth,
	...enPeople,
	...enShell,
	...enSignIn,
	...enWebhooks,
	campaigns: "Campaigns", users: "Users", rewards: "Rewards", webhooks: "Webhooks", deliveries: "Deliveries",
	settings: "Settings", more: "More",
	signOut: "Sign out", copy: "Copy", copied: "Copied", open: "Open", cancel: "Cancel", save: "Save",
	older: "Older entries", asOf: "As of {time}", rowGone: "No longer in this list", newRows: ["{n} new", "{n} new"],
	lookedAt: "Looked at about {looked} entries, found {found}.", searchFurther: "Search further",
	needs: "Needs the scope {scope}",
	newCampaign: "New campaign", campaignName: "Name of the campaign",
	campaignsEmpty: "A campaign gives you a link that people can share.",
	joins: "Joins", referrals: "Referrals", qualified: "Qualified", conversion: "Conversion", due: "Due",
	sevenDays: "Last 7 days", allCampaigns: "All campaigns",
	copyLink: "Copy link", launch: "Launch", pause: "Pause", archive: "Archive",
	nobodyJoined: "Nobody has joined yet. Open the link to try it.",
	paused: "Campaign paused. Its link shows the closed page.", launched: "Campaign launched.", undo: "Undo",
	byDay: "By day", day: "Day", topReferrers: "Top referrers", name: "Name", code: "Code",
	latestDeliveries: "Latest deliveries",
	statusDraft: "Draft", statusLaunched: "Launched", statusPaused: "Paused", statusArchived: "Archived",
	active: "Active", failing: "Failing", disabled: "Disabled",
	pending: "Pending", retrying: "Retrying", delivered: "Delivered", exhausted: "Exhausted", held: "Held",
	cancelled: "Cancelled",
	event: "Event", webhook: "Webhook", status: "Status", time: "Time", attempts: "Attempts", any: "Any",
	user: "User", answer: "Response", request: "Request", filterStatus: "Status", filterWebhook: "Webhook",
	deliveriesEmpty: "No delivery fits these filters. Remove a filter, or send a test from a webhook.",
	deliveriesNone: "No delivery yet. A webhook sends one for each event: send a test from its page.",
	webhooksEmpty: "A webhook sends each event to your own systems at once.",
	sendTest: "Send a test", enable: "Enable", disable: "Disable", disabledHeld: "Webhook disabled. Events are held.",
	enabledAgain: "Webhook enabled.",
	testAnswered: "The receiver answered {status} in {time}. Check that it used the data.",
	testFailed: "The test failed: {reason}.",
	whyNothing: "Why is nothing being sent?", whetherAll: "Is everything being sent?",
	noEvent: "No event yet. Send a test.",
	noneMissing: "Nothing is missing: every delivery got a 2xx response.",
	isDisabled: "The webhook has been disabled since {time}: {reason}",
	waiting: ["{n} delivery waits.", "{n} deliveries wait."],
	resend: "Resend now", resent: "The delivery is due now.",
	attempt: "Attempt {n}", noAttempt: "No attempt yet. The first is due {time}.",
	nextAt: "The next attempt is at {time}.", dns: "DNS", connect: "Connect", tls: "TLS", firstByte: "First byte",
	total: "Total", empty: "(empty)", testEvent: "test",
	search: "Search", campaign: "Campaign", email: "E-mail", joined: "Joined", yes: "Yes", no: "No",
	usersEmpty: "Nobody matches. Remove a filter, import a CSV file, or share the link of a campaign.",
	usersNone: "Nobody has joined yet. Share the link of a campaign, import a CSV file, or add a user.", moreUsers: "More users",
	qualify: "Qualify", invitedBy: "Invited by", noEvents: "No events within the retention time.",
	inboundTab: "Inbound", tokensTab: "API tokens", show: "Show", hide: "Hide", copyLine: "Copy the line", rotate: "Rotate",
	inboundTitle: "When a friend buys",
	inboundText: "Your systems send the friend's code to this address. “Qualified” then changes from No to Yes.",
	rotated: "New secret active. The old one works until {time}.", oldWorksUntil: "The old secret works until {time}.",
	newToken: "New API token", tokenFor: "What it is for", scope: "Scope", scopeRead: "read: look at everything",
	scopeWrite: "write: change campaigns, webhooks and users", scopeAdmin: "admin: also tokens and secrets",
	createToken: "Create token", tokenOnce: "The token {name} is shown only now. Copy it:", made: "Created",
	expires: "Expires", revoke: "Revoke", never: "never",
	revokeAsk: "Its programs lose access at once. This cannot be undone.",
	revokeOwnAsk: "This is your own token: revoking it signs you out. This cannot be undone.", revoked: "The token {name} is revoked.", thisSession: "this session",
	issued: "Issued", rules: "Rules", metric: "Kind", inReview: "In review", worth: "Worth", reason: "Reason",
	metricAmount: "Amount", metricCommission: "Commission", metricCoupon: "Coupon", metricCustom: "Something else",
	nothingDue: "Nothing of this kind is due.", noRewards: "No reward is in this list.",
	selectAll: "Select all", issueSelected: "Issue selected", cancelSelected: "Cancel selected", back: "Back",
	issueN: ["Issue {n}", "Issue {n}"], cancelN: ["Cancel {n}", "Cancel {n}"],
	issueAsk: ["Issue {n} reward{sum}? This cannot be undone.", "Issue {n} rewards{sum}? This cannot be undone."],
	cancelAsk: ["Cancel {n} reward{sum}? This cannot be undone.", "Cancel {n} rewards{sum}? This cannot be undone."],
	rewardsIssued: ["{n} reward issued.", "{n} rewards issued."],
	rewardsCancelled: ["{n} reward cancelled.", "{n} rewards cancelled."],
	rewardsRefused: ["{n} was refused:", "{n} were refused:"], takeBack: "To take back",
	newRule: "New rule", ruleName: "Name of the reward", amount: "Amount", percent: "Percent", currency: "Currency",
	createRule: "Create rule", noRules: "A rule promises a reward to people who bring friends.",
	poolEmpty: ["The coupon pool is empty; {n} reward waits.", "The coupon pool is empty; {n} rewards wait."],
	poolLeft: ["{n} coupon of {all} is left.", "{n} coupons of {all} are left."], uploadCodes: "Upload codes",
	poolShort: ["{n} reward waits, {left} codes are left: upload {missing}.", "{n} rewards wait, {left} codes are left: upload {missing}."],
	codesByLine: "Coupon codes, one in each line", codesAdded: ["{n} code uploaded.", "{n} codes uploaded."],
	disabledSince: "{name} has been disabled since {time}.",
} satisfies Record<string, string | [string, string]>;

export type Words = { [K in keyof typeof en]: (typeof en)[K] extends string ? string : [string, string] };

/** All that a language has: its words, the names of the API's fields, and what the server says in this language. */
export interface Language {
	words: Words;
	fields: Record<string, string>;
	said: Record<string, string>;
}

/** The server speaks English. */
export const english: Language = { words: en, fields: fieldsEn, said: {} };
