// The attempts of a delivery on a time line. Each bar is divided into the steps of the request.
import { Fragment } from "preact";
import type { Schemas } from "../api";
import { filter } from "../route";
import { duration, exact, t } from "../words";

type Delivery = Schemas["DeliveryWithLog"];
type Attempt = Schemas["Attempt"];

const STEPS = ["dns", "connect", "tls", "firstByte", "rest"] as const;

function stepsOf({ duration_us: us }: Attempt): Record<(typeof STEPS)[number], number> {
	const rest = Math.max(0, us.total - us.dns - us.connect - us.tls - us.first_byte);
	return { dns: us.dns, connect: us.connect, tls: us.tls, firstByte: us.first_byte, rest };
}

/** A moment with its milliseconds, in the reader's zone and in UTC. */
export function Exact({ at }: { at: string }) {
	return (
		<time dateTime={at} class="exact">
			{exact(at)} <span class="meta">{at.slice(11, 23)} UTC</span>
		</time>
	);
}

function Bar({ attempt, longest }: { attempt: Attempt; longest: number }) {
	const steps = stepsOf(attempt);
	return (
		<span class="bar" aria-hidden>
			{STEPS.map((step) => (
				<span key={step} class={`step-${step}`} style={{ width: `${(100 * steps[step]) / longest}%` }} />
			))}
		</span>
	);
}

function Steps({ attempt }: { attempt: Attempt }) {
	const steps = stepsOf(attempt);
	return (
		<dl class="steps">
			{STEPS.filter((step) => step !== "rest").map((step) => (
				<Fragment key={step}>
					<dt>
						<span class={`step-key step-${step}`} aria-hidden />
						{t(step as "dns")}
					</dt>
					<dd>{duration(steps[step])}</dd>
				</Fragment>
			))}
			<dt>{t("total")}</dt>
			<dd>{duration(attempt.duration_us.total)}</dd>
		</dl>
	);
}

export function Timeline({ delivery, open }: { delivery: Delivery; open: Attempt | undefined }) {
	const longest = Math.max(1, ...delivery.log.map((a) => a.duration_us.total));
	return (
		<section class="panel stack" aria-label={t("attempts")}>
			<ol class="attempts">
				<li class="stored">
					<Exact at={delivery.created_at ?? ""} /> {t("eventStored")}
				</li>
				{delivery.log.map((a) => (
					<li key={a.number}>
						<button type="button" class="plain attempt" aria-pressed={a === open}
							onClick={() => filter({ attempt: a.number })}>
							<span class="row">
								<strong>#{a.number}</strong>
								<span class={a.error ? "outcome bad" : "outcome"}>
									{[a.status, a.error === "status" ? null : a.error].filter(Boolean).join(" ")}
								</span>
								<span>{duration(a.duration_us.total)}</span>
							</span>
							<Exact at={a.at ?? ""} />
							<Bar attempt={a} longest={longest} />
						</button>
						{a === open && <Steps attempt={a} />}
					</li>
				))}
			</ol>
			{delivery.log.length > 1 && <p class="meta">{t("attemptKeys")}</p>}
		</section>
	);
}
