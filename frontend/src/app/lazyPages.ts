/** The pages that are loaded when they are opened, or before that while the browser is idle. */
import { afterPage, lazyPart } from "@/lib/lazyPart";
import { loadPhoneFormat } from "@/lib/phoneFormat";

// The rows show numbers: they are grouped before anything else is loaded.
afterPage(loadPhoneFormat, "first");

/** Null in production builds: the bundler then leaves the page out. */
export const DesignPage = import.meta.env.DEV ? lazyPart(async () => (await import("./design/DesignPage")).DesignPage, { preloading: "never" }) : null;

export const ConnectionsPage = lazyPart(async () => (await import("@/features/connections/ConnectionsPage")).ConnectionsPage);
export const ContactsPage = lazyPart(async () => (await import("@/features/inbox/contacts/ContactsPage")).ContactsPage);
export const PlannedPage = lazyPart(async () => (await import("@/features/inbox/planned/PlannedPage")).PlannedPage);
export const RatingsPage = lazyPart(async () => (await import("@/features/ratings/RatingsPage")).RatingsPage);
export const UsagePage = lazyPart(async () => (await import("@/features/usage/UsagePage")).UsagePage);
export const ReportsPage = lazyPart(async () => (await import("@/features/reports/ReportsPage")).ReportsPage);
export const AuditPage = lazyPart(async () => (await import("@/features/audit/AuditPage")).AuditPage);
export const SettingsPage = lazyPart(async () => (await import("./SettingsPage")).SettingsPage);
export const LoginPage = lazyPart(async () => (await import("@/features/session/LoginPage")).LoginPage);
export const RegisterPage = lazyPart(async () => (await import("@/features/session/RegisterPage")).RegisterPage);
export const ForgotPage = lazyPart(async () => (await import("@/features/session/ForgotPage")).ForgotPage);
export const UnsubscribePage = lazyPart(async () => (await import("@/features/session/UnsubscribePage")).UnsubscribePage, { preloading: "never" });
export const WelcomePage = lazyPart(async () => (await import("@/features/session/WelcomePage")).WelcomePage);
