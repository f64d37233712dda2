// The places of the dashboard, in the order of the navigation.
import { Gift, Megaphone, Send, Settings, Users, Webhook } from "lucide-preact";

/** Those without `phone` are below More on phones. */
export const places = [
	{ place: "campaigns", Icon: Megaphone, phone: true },
	{ place: "users", Icon: Users, phone: true },
	{ place: "rewards", Icon: Gift, phone: false },
	{ place: "webhooks", Icon: Webhook, phone: true },
	{ place: "deliveries", Icon: Send, phone: false },
	{ place: "settings", Icon: Settings, phone: false },
] as const;
