/** A duration that is typed as people write it; what was understood is said below it. */
import { useState } from "react";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { isBlank } from "@/lib/texts";
import { MOST_MINUTES } from "./drafts";
import { formatDuration, readDuration } from "./durations";

interface DurationFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isOfOffice: boolean;
  readonly onChange: (value: string) => void;
  readonly testId: string;
}

export function DurationField({ label, value, isOfOffice, onChange, testId }: DurationFieldProps) {
  // Half a word is no mistake yet.
  const [isTyping, setTyping] = useState(false);
  const minutes = readDuration(value);
  const isTooLong = minutes !== null && minutes > MOST_MINUTES;
  const isWrong = !isBlank(value) && minutes === null && !isTyping;
  const meant = minutes === null ? "" : formatDuration(minutes, isOfOffice);
  return (
    <TextField
      label={label}
      placeholder={t("targets.notPromised")}
      maxLength={60}
      value={value}
      hint={meant === "" || meant === value.trim() ? undefined : t("targets.meant", { time: meant })}
      error={isTooLong ? t("targets.tooLong") : isWrong ? t("targets.wrong") : undefined}
      onChange={(event) => onChange(event.target.value)}
      onFocus={() => setTyping(true)}
      onBlur={() => setTyping(false)}
      data-testid={testId}
    />
  );
}
