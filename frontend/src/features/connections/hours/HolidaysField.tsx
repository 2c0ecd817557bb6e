/** The days on which a number is closed, or open at other times than usual. */
import { useId, useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { classes } from "@/components/classes";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import { nameDate } from "./days";
import { isWrongDate, replaced, without, type Holiday } from "./hoursForm";
import { AddSpan, SpansField } from "./SpansField";
import styles from "./hours.module.css";

/** As many as the server takes. */
const MAX_HOLIDAYS = 200;

interface HolidaysFieldProps {
  readonly holidays: readonly Holiday[];
  readonly onChange: (holidays: readonly Holiday[]) => void;
}

export function HolidaysField({ holidays, onChange }: HolidaysFieldProps) {
  const add = () => onChange([...holidays, { id: Math.max(-1, ...holidays.map(({ id }) => id)) + 1, date: "", name: "", spans: [] }]);
  return (
    <div className={styles.holidays}>
      <h3>{t("hours.holidays")}</h3>
      {holidays.length > 0 && (
        <ul className={styles.days}>
          {holidays.map((holiday, index) => (
            <HolidayRow
              key={holiday.id}
              holiday={holiday}
              isWrong={isWrongDate(holiday, holidays)}
              onChange={(changed) => onChange(replaced(holidays, index, changed))}
              onRemove={() => onChange(without(holidays, index))}
            />
          ))}
        </ul>
      )}
      <Button size="small" disabled={holidays.length >= MAX_HOLIDAYS} onClick={add} data-testid="holiday-add">
        <Icon name="plus" size={16} />
        <Text>{t("hours.holiday.add")}</Text>
      </Button>
    </div>
  );
}

/** One that was just added: its date comes first. */
function focusNew(input: HTMLInputElement | null): void {
  if (input?.value === "") input.focus();
}

interface HolidayRowProps {
  readonly holiday: Holiday;
  readonly isWrong: boolean;
  readonly onChange: (holiday: Holiday) => void;
  readonly onRemove: () => void;
}

function HolidayRow({ holiday, isWrong, onChange, onRemove }: HolidayRowProps) {
  const { date, name, spans } = holiday;
  const shown = name.trim() || nameDate(date) || t("hours.holiday");
  const setSpans = (changed: Holiday["spans"]) => onChange({ ...holiday, spans: changed });
  return (
    <li className={styles.holiday} data-testid="holiday">
      <DateField date={date} isWrong={isWrong} onChange={(changed) => onChange({ ...holiday, date: changed })} />
      <input
        className={classes(fieldStyles.input, styles.name)}
        value={name}
        maxLength={100}
        dir="auto"
        aria-label={t("hours.holiday.name")}
        placeholder={t("hours.holiday.name")}
        onChange={(event) => onChange({ ...holiday, name: event.target.value })}
        data-testid="holiday-name"
      />
      <SpansField day={shown} spans={spans} onChange={setSpans} />
      <span className={styles.tools}>
        <AddSpan day={shown} spans={spans} onChange={setSpans} />
        <IconButton label={t("hours.holiday.remove", { day: shown })} onClick={onRemove} data-testid="holiday-remove">
          <Icon name="trash" size={16} />
        </IconButton>
      </span>
    </li>
  );
}

interface DateFieldProps {
  readonly date: string;
  readonly isWrong: boolean;
  readonly onChange: (date: string) => void;
}

function DateField({ date, isWrong, onChange }: DateFieldProps) {
  const problemId = useId();
  // A new one is not wrong before it was left.
  const [wasLeft, setWasLeft] = useState(false);
  const isSeen = isWrong && (wasLeft || date !== "");
  return (
    <>
      <input
        type="date"
        className={fieldStyles.input}
        value={date}
        min="2000-01-01"
        max="2199-12-31"
        aria-label={t("hours.holiday.date")}
        aria-invalid={isSeen}
        aria-describedby={isSeen ? problemId : undefined}
        ref={focusNew}
        onBlur={() => setWasLeft(true)}
        onChange={(event) => onChange(event.target.value)}
        data-testid="holiday-date"
      />
      {isSeen && <p id={problemId} className={fieldStyles.error}>{t("hours.holiday.wrong")}</p>}
    </>
  );
}
