/** Which of the chosen files can be attached, and what is wrong with the others. */
import { formatSize } from "@/features/inbox/attachments/attachments";
import { t } from "@/i18n/translate";

export interface Limits {
  readonly max_bytes: number;
  readonly max_files: number;
}

export interface Pick {
  readonly taken: readonly File[];
  readonly problems: readonly string[];
}

function problemOf({ name, size }: File, limits: Limits): string | null {
  if (size === 0) return t("composer.files.empty", { name });
  if (size > limits.max_bytes) return t("composer.files.tooLarge", { name, limit: formatSize(limits.max_bytes) });
  return null;
}

export function pickFiles(attached: number, files: readonly File[], limits: Limits): Pick {
  const judged = files.map((file) => ({ file, problem: problemOf(file, limits) }));
  const fitting = judged.flatMap(({ file, problem }) => (problem === null ? [file] : []));
  const room = Math.max(0, limits.max_files - attached);
  const left = fitting.length - room;
  const tooMany = left > 0 ? [t("composer.files.tooMany", { count: limits.max_files, left })] : [];
  return { taken: fitting.slice(0, room), problems: [...judged.flatMap(({ problem }) => problem ?? []), ...tooMany] };
}
