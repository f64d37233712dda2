// The names of the API's fields as people know them, for sentences such as "Name is required".
export const fieldsEn = {
	name: "Name", url: "URL", event: "Event", events: "Events", types: "Users", sources: "Sources", campaign_id: "Campaign",
	method: "Method", format: "Format", ordered: "Order", fields: "Fields", hidden_fields: "Hidden fields", headers: "Headers",
	connect_timeout_ms: "Time to connect", timeout_ms: "Time to answer", concurrency: "Requests at a time",
	rate_limit: "Attempts a second", disable_after_seconds: "Disabling", retry_schedule: "Retries",
	success_statuses: "Accepted statuses", first_name: "First name", email: "E-mail", code: "Code", referrer: "Referrer",
	source: "Source", order_id: "Order number", amount: "Amount", refund_amount: "Refund", currency: "Currency",
	percent: "Percent", token: "API token", scopes: "Scope", expires_at: "Expiry", since: "From", until: "Until",
	lang: "Language", timezone: "Time zone", starts_at: "Start", ends_at: "End", existing: "Repeated joins",
	test_mode: "Test mode", redirect: "Page after joining", pass_params: "Passed parameters", pages: "Texts",
	logo_url: "Logo", colour: "Colour", origins: "Sites", description: "Description", metric: "Kind of reward", recipient: "Recipient", trigger: "Occasion",
	type: "Repetition", cap: "Largest amount", every: "Every", thresholds: "Milestones", repeat: "For each order",
	max_per_user: "Limit for each friend", auto_issue: "Automatic issue", hold_days: "Hold", reason: "Reason",
	meta: "Form fields", qualified: "Qualified", unsubscribed: "Unsubscribed", state: "State",
	user_id: "User", webhook_id: "Webhook", codes: "Codes", status: "Status", role: "Role", password: "Password",
	current_password: "Current password",
};
