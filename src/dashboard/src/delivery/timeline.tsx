// The attempts of a delivery on a time line. Each bar is divided into the steps of the request.
import { Fragment } from "preact";
import type { Schemas } from "../api";
import { filter } from "../route";
import { duration, exact, exactUtc, isUtc, t } from "../words";
import { outcomeText } from "./reason";
import { phasesOf } from "./phases";

type Delivery = Schemas["DeliveryWithLog"];
type Attempt = Schemas["Attempt"];

/** A moment with its milliseconds, in the reader's zone and in UTC. */
export function Exact({ at }: { at: string }) {
	return (
		<time dateTime={at} class="exact">
			{isUtc() ? `${exact(at)} UTC` : exact(at)} {!isUtc() && <span class="meta">{exactUtc(at)}</span>}
		</time>
	);
}

function Bar({ attempt, longest }: { attempt: Attempt; longest: number }) {
	return (
		<span class="bar" aria-hidden>
			{phasesOf(attempt).map(({ step, us }) => (
				<span key={step} class={`step-${step}`} style={{ width: `${(100 * us) / longest}%` }} />
			))}
		</span>
	);
}

function Steps({ attempt }: { attempt: Attempt }) {
	return (
		<dl class="steps">
			{phasesOf(attempt).map(({ step, us, how }) => (
				<Fragment key={step}>
					<dt>
						<span class={`step-key step-${step}`} aria-hidden />
						{t(step)}
					</dt>
					<dd>{how ? [us > 0 && duration(us), t(how)].filter(Boolean).join(", ") : duration(us)}</dd>
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
									{outcomeText(a)}
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
			{delivery.log.length > 1 && <p class="meta only-keys">{t("attemptKeys")}</p>}
		</section>
	);
}
