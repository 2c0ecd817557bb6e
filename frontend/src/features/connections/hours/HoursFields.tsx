/** The fields of the office hours: whether there are any, the time zone, the week and the holidays. */
import { IconButton } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameWeekday } from "./days";
import { HolidaysField } from "./HolidaysField";
import { listZones, replaced, withAnother, type HoursForm, type Span } from "./hoursForm";
import { AddSpan, SpansField } from "./SpansField";
import styles from "./hours.module.css";

interface HoursFieldsProps {
  readonly form: HoursForm;
  readonly onChange: (form: HoursForm) => void;
}

export function HoursFields({ form, onChange }: HoursFieldsProps) {
  const { isOn, timeZone, week, holidays } = form;
  const setWeek = (changed: HoursForm["week"]) => onChange({ ...form, week: changed });
  return (
    <section className={styles.section}>
      <CheckBox checked={isOn} onChange={(event) => onChange({ ...form, isOn: event.target.checked })} detail={t("hours.on.detail")} data-testid="hours-on">
        {t("hours.on")}
      </CheckBox>
      {isOn && (
        <>
          <Select label={t("hours.zone")} value={timeZone} onChange={(event) => onChange({ ...form, timeZone: event.target.value })} data-testid="hours-zone">
            {listZones(timeZone).map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll("_", " ")}
              </option>
            ))}
          </Select>
          <ul className={styles.days} aria-label={t("hours.week")}>
            {week.map((spans, index) => (
              <DayRow
                key={index}
                day={nameWeekday(index)}
                spans={spans}
                onChange={(changed) => setWeek(replaced(week, index, changed))}
                onCopy={() => setWeek(week.map(() => spans))}
              />
            ))}
          </ul>
          <HolidaysField holidays={holidays} onChange={(changed) => onChange({ ...form, holidays: changed })} />
        </>
      )}
    </section>
  );
}

interface DayRowProps {
  readonly day: string;
  readonly spans: readonly Span[];
  readonly onChange: (spans: readonly Span[]) => void;
  readonly onCopy: () => void;
}

function DayRow({ day, spans, onChange, onCopy }: DayRowProps) {
  return (
    <li className={styles.day} data-testid="hours-day">
      <CheckBox checked={spans.length > 0} onChange={(event) => onChange(event.target.checked ? withAnother([]) : [])}>
        <Text>{day}</Text>
      </CheckBox>
      <SpansField day={day} spans={spans} onChange={onChange} />
      <span className={styles.tools}>
        <AddSpan day={day} spans={spans} onChange={onChange} />
        <IconButton label={t("hours.copy", { day })} onClick={onCopy} data-testid="hours-copy">
          <Icon name="copy" size={16} />
        </IconButton>
      </span>
    </li>
  );
}
