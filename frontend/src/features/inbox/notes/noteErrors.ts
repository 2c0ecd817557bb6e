/** Why a note was refused, as a sentence for the user. */
import { t } from "@/i18n/translate";
import { ApiError, describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";

export function describeNoteError(error: unknown): string {
  if (fieldProblem(error, "mentions") !== null) return t("notes.failed.mentions");
  if (error instanceof ApiError && error.code === "conflict") return t("notes.failed.late");
  return describeError(error);
}
