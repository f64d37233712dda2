// The webhook-id of a request: receivers log it, and the palette and the list of deliveries find it.
export const isMessageId = (text: string) => /^msg_[0-9a-f]{32}$/i.test(text);
