// A state of an object: delivered, paused, in review.
import { Ban, CircleCheck, Clock, Eye, OctagonX, Pause, Pencil, RotateCw } from "lucide-preact";
import type { Words } from "../words/en";
import { t } from "../words";

const looks = {
	delivered: ["ok", CircleCheck, "delivered"],
	active: ["ok", CircleCheck, "active"],
	launched: ["ok", CircleCheck, "statusLaunched"],
	retrying: ["wait", RotateCw, "retrying"],
	penalised: ["wait", RotateCw, "failing"],
	paused: ["wait", Pause, "statusPaused"],
	held: ["hold", Pause, "held"],
	exhausted: ["bad", OctagonX, "exhausted"],
	disabled: ["bad", OctagonX, "disabled"],
	pending: ["mute", Clock, "pending"],
	draft: ["mute", Pencil, "statusDraft"],
	cancelled: ["mute", Ban, "cancelled"],
	rewardCancelled: ["mute", Ban, "rewardCancelled"],
	due: ["wait", Clock, "due"],
	review: ["hold", Eye, "inReview"],
	issued: ["ok", CircleCheck, "issued"],
	clawback: ["wait", RotateCw, "toTakeBack"],
	accepted: ["ok", CircleCheck, "accepted"],
	rejected: ["mute", Ban, "rejected"],
	archived: ["mute", Ban, "statusArchived"],
	running: ["ok", CircleCheck, "nodeRunning"],
	silent: ["bad", OctagonX, "nodeSilent"],
	stopped: ["mute", Ban, "nodeStopped"],
} as const satisfies Record<string, readonly [string, typeof Clock, keyof Words]>;

export type Look = keyof typeof looks;

/** A state as icon, word and tint; never colour alone. */
export function Status({ of }: { of: Look }) {
	const [tint, Icon, word] = looks[of];
	return (
		<span class={`status ${tint}`}>
			<Icon size={14} aria-hidden />
			{t(word)}
		</span>
	);
}
