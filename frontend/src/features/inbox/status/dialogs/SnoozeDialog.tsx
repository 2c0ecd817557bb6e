/** Chooses until when chats are snoozed: a usual time, or one in the user's words. */
import { useState } from "react";
import { CheckBox } from "@/components/CheckBox";
import { Icon } from "@/components/Icon";
import { PaletteBox } from "@/components/palette/PaletteBox";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import type { Language } from "@/i18n/languages";
import { i18n, localeTag, t } from "@/i18n/translate";
import { isBlank } from "@/lib/texts";
import { rank } from "@/lib/commands/rank";
import { formatMoment } from "@/lib/time";
import { readTime } from "@/features/inbox/status/snooze/readTime";
import { presetsAt } from "@/features/inbox/status/snooze/snoozePresets";
import { snooze } from "@/features/inbox/status/stateActions";
import { nameChats, type ChoiceProps } from "./choice";
import styles from "@/features/inbox/status/status.module.css";

/** The time that was typed is always shown, the others where they match. */
const TYPED = "typed";
const filter = (value: string, text: string, keywords?: string[]): number => (value === TYPED ? 1 : rank(value, text, keywords));

export function SnoozeDialog({ chats, onChoose, onClose }: ChoiceProps) {
  const [text, setText] = useState("");
  const [isFirm, setFirm] = useState(false);
  const [presets] = useState(() => presetsAt(new Date()));
  const typed = isBlank(text) ? null : readTime(text, i18n.locale as Language, localeTag());
  const choose = (at: Date) => onChoose(() => snooze(at.toISOString(), !isFirm));
  return (
    <PaletteBox
      label={t("status.snooze.title", { name: nameChats(chats) })}
      placeholder={t("status.snooze.placeholder")}
      text={text}
      onChange={setText}
      filter={filter}
      empty={t("status.snooze.empty")}
      foot={
        <CheckBox className={styles.firm} checked={isFirm} onChange={(event) => setFirm(event.target.checked)} data-testid="snooze-firm">
          {t("status.snooze.firm")}
        </CheckBox>
      }
      onClose={onClose}
    >
      <PaletteGroup heading={t("status.snooze.until")}>
        {typed === null ? <></> : <Choice value={TYPED} label={formatMoment(typed.toISOString())} at={typed} onChoose={choose} />}
        <Presets presets={presets} onChoose={choose} />
      </PaletteGroup>
    </PaletteBox>
  );
}

interface PresetsProps {
  readonly presets: ReturnType<typeof presetsAt>;
  readonly onChoose: (at: Date) => void;
}

const Presets = ({ presets, onChoose }: PresetsProps) => (
  <>
    {presets.map(({ label, at }) => (
      <Choice key={label} value={label} label={t(label)} detail={formatMoment(at.toISOString())} at={at} onChoose={onChoose} />
    ))}
  </>
);

interface ChoiceItemProps {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
  readonly at: Date;
  readonly onChoose: (at: Date) => void;
}

function Choice({ value, label, detail, at, onChoose }: ChoiceItemProps) {
  return <PaletteItem value={value} keywords={[label]} face={<Icon name="snooze" size={18} />} label={label} detail={detail} onSelect={() => onChoose(at)} />;
}
