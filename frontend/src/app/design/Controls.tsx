/** Buttons, fields, menus and dialogs. */
import { useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { EraseDialog } from "@/components/EraseDialog";
import { Icon } from "@/components/Icon";
import { MenuButton, MenuChoice, MenuItem, MenuLine } from "@/components/Menu";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { Group } from "./Group";

const TONES = ["primary", "plain", "quiet", "danger"] as const;

function showInPart(box: HTMLInputElement | null): void {
  if (box !== null) box.indeterminate = true;
}

export function Controls() {
  return (
    <>
      <Group title="Buttons">
        {TONES.map((tone) => (
          <Button key={tone} tone={tone}>{tone}</Button>
        ))}
        <Button size="small">small</Button>
        <Button size="large">large</Button>
        <Button disabled>disabled</Button>
        <Button isBusy>busy</Button>
        <Button tone="primary" isBusy>busy</Button>
        <IconButton label="Search" keys="/">
          <Icon name="search" />
        </IconButton>
      </Group>
      <Group title="Fields">
        <TextField label="Name" defaultValue="Bia Lima" />
        <TextField label="Email" placeholder="you@example.com" />
        <TextField label="Phone number" defaultValue="12" error="Include the country code, e.g. +55 11 99999 0000" />
        <TextField label="Disabled" disabled />
        <Select label="Role" defaultValue="agent">
          <option value="agent">Agent</option>
          <option value="owner">Owner</option>
        </Select>
        <Select label="Disabled" disabled>
          <option>Agent</option>
        </Select>
      </Group>
      <Group title="Check boxes">
        <CheckBox>Off</CheckBox>
        <CheckBox defaultChecked detail="With a second line">On</CheckBox>
        <CheckBox ref={showInPart}>In part</CheckBox>
        <CheckBox disabled>Disabled</CheckBox>
        <CheckBox disabled defaultChecked>Disabled</CheckBox>
      </Group>
      <Overlays />
    </>
  );
}

function Overlays() {
  const [opened, setOpened] = useState<"dialog" | "delete" | null>(null);
  const close = () => setOpened(null);
  return (
    <Group title="Menus and dialogs">
      <MenuButton label="Menu" icon="dots" testId="design-menu">
        {(done) => (
          <>
            <MenuItem icon="archive" keys="E" onSelect={done}>Archive</MenuItem>
            <MenuItem icon="language" detail="English" onSelect={done}>Language</MenuItem>
            <MenuLine />
            <MenuChoice isChosen onSelect={done}>Chosen</MenuChoice>
            <MenuChoice isChosen={false} onSelect={done}>Other</MenuChoice>
            <MenuLine />
            <MenuItem icon="trash" tone="danger" onSelect={done}>Delete</MenuItem>
          </>
        )}
      </MenuButton>
      <Button onClick={() => setOpened("dialog")}>Dialog</Button>
      <Button onClick={() => setOpened("delete")}>Delete dialog</Button>
      {opened === "dialog" && (
        <Dialog title="Disconnect this number?" onClose={close}>
          <p>You can’t send or receive until it is connected again.</p>
          <DialogButtons>
            <Button onClick={close}>Cancel</Button>
            <Button tone="danger" onClick={close}>Disconnect</Button>
          </DialogButtons>
        </Dialog>
      )}
      {opened === "delete" && (
        <EraseDialog title="Delete this contact?" confirmation="delete" problem="The server did not answer." isBusy={false} testId="design-delete" onErase={close} onClose={close}>
          <p>Their chats are deleted for your whole team. This can’t be undone.</p>
        </EraseDialog>
      )}
    </Group>
  );
}
