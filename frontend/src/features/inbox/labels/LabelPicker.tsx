/** The labels to choose for one or more chats: searched, ticked by Enter, and created where there is none of the name. */
import { useState } from "react";
import { Icon } from "@/components/Icon";
import { PaletteBox } from "@/components/palette/PaletteBox";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import { t } from "@/i18n/translate";
import { FOUND, rank } from "@/lib/commands/rank";
import { isBlank, isolate } from "@/lib/texts";
import type { Chat, Label } from "@/types/wire";
import { useInboxSnapshot } from "@/features/inbox/context";
import { withGuess } from "@/features/inbox/data/chatGuesses";
import { nextColour } from "./colours";
import { ColourDot } from "./LabelChip";
import { useCreateLabel } from "./labelActions";
import { labelsOf, useLabels } from "./labelsContext";
import styles from "./label-picker.module.css";

interface LabelPickerProps {
  readonly chats: readonly Chat[];
  /** Adds the label to those of the chats that do not have it, or removes it from all. */
  readonly onSet: (chats: readonly Chat[], label: Label, isOn: boolean) => void;
  readonly onClose: () => void;
}

/** The rows as they are now. */
function useCurrent(chats: readonly Chat[]): readonly Chat[] {
  const { chats: live, chatGuesses } = useInboxSnapshot();
  return chats.map((chat) => {
    const newer = live.get(chat.id);
    return withGuess(newer === undefined || newer.seq < chat.seq ? chat : newer, chatGuesses);
  });
}

export function LabelPicker({ chats: given, onSet, onClose }: LabelPickerProps) {
  const [text, setText] = useState("");
  const labels = useLabels();
  const chats = useCurrent(given);
  const create = useCreateLabel();
  const name = text.trim();
  const known = [...labels.byId.values()];
  const isNew = !isBlank(name) && !known.some((label) => label.name.toLowerCase() === name.toLowerCase());
  const haveIt = (label: Label) => chats.filter((chat) => labelsOf(labels, chat).some(({ id }) => id === label.id)).length;
  const set = (label: Label, isOn: boolean) => {
    setText("");
    onSet(chats, label, isOn);
  };
  const add = async (shared: boolean) => {
    const label = await create({ name, colour: nextColour(known.length), shared });
    if (label !== null) set(label, true);
  };
  return (
    <PaletteBox
      label={t("labels.picker", { count: chats.length })}
      placeholder={t("labels.search")}
      text={text}
      onChange={setText}
      filter={rank}
      empty={t("labels.none")}
      onClose={onClose}
    >
      {known.length > 0 && (
        <PaletteGroup heading={t("labels.title")}>
          {known.map((label) => (
            <LabelItem key={label.id} label={label} count={haveIt(label)} of={chats.length} onSelect={set} />
          ))}
        </PaletteGroup>
      )}
      {isNew && <NewItems name={name} onSelect={(shared) => void add(shared)} />}
    </PaletteBox>
  );
}

interface LabelItemProps {
  readonly label: Label;
  /** How many of the chats have it. */
  readonly count: number;
  readonly of: number;
  readonly onSelect: (label: Label, isOn: boolean) => void;
}

function LabelItem({ label, count, of, onSelect }: LabelItemProps) {
  const isOn = count === of;
  const state = isOn ? t("labels.on") : count > 0 ? t("labels.some", { count }) : label.shared ? undefined : t("labels.private");
  return (
    <PaletteItem
      value={`label.${label.id}`}
      keywords={[label.name]}
      face={<Face label={label} isOn={isOn} />}
      label={label.name}
      isExact
      detail={state}
      onSelect={() => onSelect(label, !isOn)}
    />
  );
}

function Face({ label, isOn }: { readonly label: Label; readonly isOn: boolean }) {
  return <span className={styles.face}>{isOn ? <Icon name="check" size={18} /> : <ColourDot colour={label.colour} />}</span>;
}

interface NewItemsProps {
  readonly name: string;
  readonly onSelect: (shared: boolean) => void;
}

function NewItems({ name, onSelect }: NewItemsProps) {
  const item = (shared: boolean) => (
    <PaletteItem
      key={String(shared)}
      value={`${FOUND}new.${shared ? "shared" : "private"}`}
      keywords={[name]}
      face={<Icon name="plus" />}
      label={t(shared ? "labels.createShared" : "labels.createPrivate", { name: isolate(name) })}
      onSelect={() => onSelect(shared)}
    />
  );
  return <PaletteGroup heading={t("labels.new")}>{[item(true), item(false)]}</PaletteGroup>;
}
