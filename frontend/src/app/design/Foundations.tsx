/** Colours, type, radii, elevation and icons. */
import { Avatar } from "@/components/Avatar";
import { Icon, type IconName } from "@/components/Icon";
import ICONS from "@/lib/icons.json";
import { Keys } from "@/components/Keys";
import { StatusChip } from "@/components/StatusChip";
import { classes } from "@/components/classes";
import { Group } from "./Group";
import styles from "./design.module.css";

const COLOURS = ["canvas", "surface", "raised", "selected", "line", "lineStrong", "ink", "ink2", "accent", "accentSoft", "bad"] as const;
const SIZES = ["caption", "small", "label", "body", "message", "title", "display"] as const;
const RADII = ["radius_small", "radius_medium", "radius_large", "radius_full"] as const;
const SHADOWS = ["shadow1", "shadow2", "shadow3"] as const;
const STATUSES = ["connected", "connecting", "degraded", "needs_action", "disconnected"] as const;

export function Foundations() {
  return (
    <>
      <Boxes title="Colours" names={COLOURS} />
      <Group title="Type">
        {SIZES.map((size) => (
          <p key={size} className={classes(styles.text, styles[size])}>
            <span>{`${size} `}</span>
            <span className={styles.medium}>medium </span>
            <strong>bold 😂❤️</strong>
          </p>
        ))}
      </Group>
      <Boxes title="Radii" names={RADII} />
      <Boxes title="Elevation" names={SHADOWS} />
      <Group title="Icons">
        {(Object.keys(ICONS) as IconName[]).map((name) => (
          <span key={name} className={styles.icon}>
            <Icon name={name} />
            <span>{name}</span>
          </span>
        ))}
      </Group>
      <Pieces />
    </>
  );
}

function Pieces() {
  return (
    <>
      <Group title="Avatars">
        {(["small", "medium", "large", "huge"] as const).map((size) => (
          <Avatar key={size} name="Bia Lima" size={size} />
        ))}
        <Avatar name="Wholesale Berlin" isGroup />
        <Avatar name="+55 11 90532-0118" />
      </Group>
      <Group title="Statuses">
        {STATUSES.map((status) => (
          <StatusChip key={status} status={status} />
        ))}
      </Group>
      <Group title="Keys">
        <Keys keys="Ctrl K" />
        <Keys keys="E" />
      </Group>
    </>
  );
}

function Boxes({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  return (
    <Group title={title}>
      {names.map((name) => (
        <span key={name} className={styles.named}>
          <span className={classes(styles.box, styles[name])} />
          <span>{name.replace("radius_", "")}</span>
        </span>
      ))}
    </Group>
  );
}
