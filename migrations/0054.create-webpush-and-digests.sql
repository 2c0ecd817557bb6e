-- A browser in which a user turned web push on: it lives as long as the session, and belongs to one user.
create table webpush_device (
    id         bigint generated always as identity primary key,
    user_id    bigint not null references users on delete cascade,
    session_id uuid not null references sessions on delete cascade,
    endpoint   text not null unique check (length(endpoint) between 1 and 1024), -- at the push service: a secret
    p256dh     bytea not null check (length(p256dh) = 65),
    auth       bytea not null check (length(auth) = 16),
    name       text not null check (length(name) between 1 and 100),
    created_at timestamptz(3) not null default now(),
    reached_at timestamptz(3)                  -- when the push service last accepted something for it
);
create index webpush_device_user on webpush_device (user_id, id);
create index webpush_device_session on webpush_device (session_id);

-- However a session ends, its browser gets nothing from then on.
create function remove_webpush_device() returns trigger language plpgsql as $$
begin
    delete from webpush_device where session_id = new.id;
    return null;
end $$;
create trigger sessions_webpush_device after update of revoked_at on sessions for each row
    when (old.revoked_at is null and new.revoked_at is not null) execute function remove_webpush_device();

alter table notification
    add column push_due_at timestamptz(3),     -- when to send it to the devices, unless it is read or seen in a tab
    add column by_mail boolean not null default false;
create index notification_push_due on notification (push_due_at) where push_due_at is not null and read_at is null;
create index notification_by_mail on notification (user_id, id) where by_mail and read_at is null;

-- A notification on its way to a device.
create table webpush_delivery (
    notification_id bigint not null references notification on delete cascade,
    device_id       bigint not null references webpush_device on delete cascade,
    tries           smallint not null default 0,
    due_at          timestamptz(3) not null default now(),
    created_at      timestamptz(3) not null default now(),
    primary key (notification_id, device_id)
);
create index webpush_delivery_due on webpush_delivery (due_at);
create index webpush_delivery_device on webpush_delivery (device_id);

-- The mail about a user's unread notifications. `sending_up_to` is written before the mail is sent and removed with its
-- outcome: what is in no later mail than `mailed_up_to` is never mailed again.
create table notification_digest (
    user_id       bigint primary key references users on delete cascade,
    waiting_since timestamptz(3),              -- since when something is unread and the user not connected
    due_at        timestamptz(3),              -- of the next try
    tries         smallint not null default 0,
    sending_since timestamptz(3),
    sending_up_to bigint,                      -- the newest notification in it
    mailed_up_to  bigint not null default 0,
    mailed_at     timestamptz(3),
    check ((sending_since is null) = (sending_up_to is null))
);
create index notification_digest_waiting on notification_digest (waiting_since) where waiting_since is not null;
create index notification_digest_sending on notification_digest (sending_since) where sending_since is not null;

alter table user_preferences
    add column previews boolean not null default false, -- whether push and mail quote messages
    add column language text check (language in ('en', 'de', 'es', 'pt'));
