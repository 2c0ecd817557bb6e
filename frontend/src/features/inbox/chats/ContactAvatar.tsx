/** A contact's picture over the initials; without a picture, or when it cannot be loaded, the initials alone. */
import { Avatar, type AvatarSize } from "@/components/Avatar";
import { useFirstApi } from "@/lib/api/context";
import { useElementMedia } from "@/lib/elementMedia";

interface ContactAvatarProps {
  readonly accountId: number;
  readonly name: string;
  /** The picture's content hash: the same name always means the same bytes. */
  readonly avatar: string | null | undefined;
  readonly isGroup?: boolean;
  readonly size?: AvatarSize;
}

export function ContactAvatar({ accountId, name, avatar, isGroup = false, size = "medium" }: ContactAvatarProps) {
  if (avatar === null || avatar === undefined) return <Avatar name={name} isGroup={isGroup} size={size} />;
  return <Pictured key={avatar} accountId={accountId} name={name} avatar={avatar} size={size} />;
}

interface PicturedProps {
  readonly accountId: number;
  readonly name: string;
  readonly avatar: string;
  readonly size: AvatarSize;
}

function Pictured({ accountId, name, avatar, size }: PicturedProps) {
  const url = useFirstApi().avatarUrl(accountId, avatar);
  const { isBroken, error, ...picture } = useElementMedia(url);
  return <Avatar name={name} size={size} picture={isBroken || error !== null ? null : { ...picture, url }} />;
}
