/** Chooses the owner of chats: the user, another who can answer in their accounts, a team, or none. */
import { useState, type ReactElement } from "react";
import { Avatar } from "@/components/Avatar";
import { Icon } from "@/components/Icon";
import { PaletteBox } from "@/components/palette/PaletteBox";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import { t } from "@/i18n/translate";
import { rank } from "@/lib/commands/rank";
import { useTeams } from "@/lib/teams";
import { isolate } from "@/lib/texts";
import { useInbox } from "@/features/inbox/context";
import { assign, take, type Owner } from "@/features/inbox/status/stateActions";
import { nameChats, type ChoiceProps } from "./choice";
import { useAssignees } from "./assignees";

export function AssignDialog(props: ChoiceProps) {
  const [text, setText] = useState("");
  const { chats, onClose } = props;
  const { people, isFetching } = useAssignees(chats.map(({ account_id }) => account_id));
  const teams = useTeams();
  const isLoading = teams.isPending || people === null;
  return (
    <PaletteBox
      label={t("status.assign.title", { name: nameChats(chats) })}
      placeholder={t("status.assign.placeholder")}
      text={text}
      onChange={setText}
      filter={rank}
      empty={t(isLoading ? "app.loading" : "status.assign.empty")}
      isLoading={isLoading || isFetching || teams.isFetching}
      onClose={onClose}
    >
      {/* All at once: the first line is the one that Enter takes. */}
      {isLoading ? <></> : <Choices {...props} people={people} />}
    </PaletteBox>
  );
}

/** Says who has the chat now, and how many each has. */
function markOf(isOwner: boolean, isAway = false, load: string | null = null): string | undefined {
  const away = isAway ? t("status.assign.away") : null;
  const marks = [isOwner ? t("status.assign.current") : away, load].filter((mark) => mark !== null);
  return marks.length === 0 ? undefined : marks.join(" · ");
}

function Choices(props: PeopleProps) {
  return (
    <>
      <People {...props} />
      <Teams {...props} />
      <Unassign {...props} />
    </>
  );
}

interface PeopleProps extends ChoiceProps {
  readonly people: NonNullable<ReturnType<typeof useAssignees>["people"]>;
}

function People({ chats, onChoose, people }: PeopleProps) {
  const { userId } = useInbox();
  if (people.length === 0) return <></>;
  return (
    <PaletteGroup heading={t("status.assign.people")}>
      {people.map(({ id, name, email, isAway, load }) => (
        <PaletteItem
          key={id}
          value={`user.${id}`}
          keywords={[name, email, ...(id === userId ? [t("status.assign.me")] : [])]}
          face={<Avatar name={name} size="small" />}
          label={id === userId ? t("status.assign.meNamed", { name: isolate(name) }) : name}
          detail={markOf(chats.every(({ assignee }) => assignee?.id === id), isAway, load)}
          keys={id === userId ? "I" : undefined}
          onSelect={() => onChoose((chat) => (id === userId ? take({ id, name }, chat) : assign({ id, name }, chat.team)))}
        />
      ))}
    </PaletteGroup>
  );
}

function Teams({ chats, onChoose }: ChoiceProps): ReactElement {
  const teams = useTeams().data ?? [];
  if (teams.length === 0) return <></>;
  const choose = ({ id, name }: Owner) => onChoose(() => assign(null, { id, name }));
  return (
    <PaletteGroup heading={t("status.assign.teams")}>
      {teams.map((team) => (
        <PaletteItem
          key={team.id}
          value={`team.${team.id}`}
          keywords={[team.name]}
          face={<Icon name="people" size={18} />}
          label={team.name}
          isExact
          detail={markOf(chats.every((chat) => chat.assignee === null && team.id === chat.team?.id))}
          onSelect={() => choose(team)}
        />
      ))}
    </PaletteGroup>
  );
}

function Unassign({ chats, onChoose }: ChoiceProps): ReactElement {
  const label = t("status.assign.none");
  if (chats.every((chat) => chat.assignee === null && chat.team === null)) return <></>;
  return <PaletteItem value="none" keywords={[label]} face={<Icon name="close" size={18} />} label={label} onSelect={() => onChoose(() => assign(null, null))} />;
}
