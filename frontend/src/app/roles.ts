/** What the app shows to whom; the server decides for itself. */
import type { User } from "@/types/wire";

/** Who answers for the team reads its audit log. */
export const mayAudit = ({ role }: User): boolean => role === "owner" || role === "admin";
