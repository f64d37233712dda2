// The words of the delivery pages, in English.
export const enDeliveries = {
	willRetry: "Attempt {attempt} got {outcome}. The next is at {time}, in {left}.",
	wasDelivered: "Attempt {attempt} got {status} in {time}. The receiver has this event.",
	wasExhausted: "After attempt {attempt} ({outcome}), referd gave up: {reason}",
	wasCancelled: "This delivery was cancelled.", waitsForEarlier: "An earlier delivery must finish first.",
	isHeld: "The webhook is disabled, so nothing is sent. This delivery is sent when you enable the webhook.",
	openWebhook: "Open the webhook", sendAgain: "Send again", copyMessageId: "Copy webhook-id",
	eventStored: "event stored", rest: "Body", hex: "Hex", parts: "Request or response",
	attemptKeys: "Keys: 1 to 9 open an attempt, r the request, s the response.",
	noResponseYet: "No attempt has been made yet.", noResponse: "The receiver sent no response.",
	emptyResponse: "The response has no body.", first4k: "referd keeps the first 4 KiB of a response.",
	requestGone: "The request cannot be shown: the event, the person or the webhook no longer exists.",
	requestMade: "The request of the last attempt, made again from the event, with the webhook's current URL, headers and secret.",
	masked: "Secret values are masked for your scope.",
};
