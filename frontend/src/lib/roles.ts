/** The names of the roles. */
import { t } from "@/i18n/translate";

/** A role of a newer server is shown as it is called there. */
export function nameRole(role: string): string {
  switch (role) {
    case "owner":
      return t("app.role.owner");
    case "admin":
      return t("app.role.admin");
    case "agent":
      return t("app.role.agent");
    case "viewer":
      return t("app.role.viewer");
    default:
      return role;
  }
}
