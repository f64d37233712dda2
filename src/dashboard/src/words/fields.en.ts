// The names of the API's fields as people know them, for sentences such as "Name is required".
export const fieldsEn = {
	name: "Name", url: "URL", event: "Event", events: "Events", types: "Users", sources: "Sources", campaign_id: "Campaign",
	method: "Method", format: "Format", ordered: "Order", fields: "Fields", hidden_fields: "Hidden fields", headers: "Headers",
	connect_timeout_ms: "Time to connect", timeout_ms: "Time to answer", concurrency: "Requests at a time",
	rate_limit: "Attempts a second", disable_after_seconds: "Disabling", retry_schedule: "Retries",
	success_statuses: "Accepted statuses", first_name: "First name", email: "E-mail", code: "Code", referrer: "Referrer",
	source: "Source", order_id: "Order number", amount: "Amount", refund_amount: "Refund", currency: "Currency",
	percent: "Percent", token: "API token", scopes: "Scope", expires_at: "Expiry", since: "From", until: "Until",
	user_id: "User", webhook_id: "Webhook", codes: "Codes", status: "Status",
};
