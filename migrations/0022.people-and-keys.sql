-- Invitations, API keys, and an audit log that cannot be changed.

-- One-time links for a first or a new password: one per user, valid for one use, stored as a hash.
create table user_link (
    user_id    bigint primary key references users on delete cascade,
    token_hash bytea not null unique,
    kind       text not null check (kind in ('first_run', 'invitation', 'reset')),
    made_by    bigint references users on delete set null,
    expires_at timestamptz(3) not null,
    created_at timestamptz(3) not null default now()
);

create table api_key (
    id           bigint generated always as identity primary key,
    user_id      bigint not null references users on delete cascade, -- a key has at most this user's rights
    name         text not null check (length(name) between 1 and 100),
    prefix       text not null unique check (length(prefix) = 12), -- visible, and the key of the lookup
    key_hash     bytea not null,
    scopes       text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'send', 'manage']),
    all_accounts boolean not null,
    expires_at   timestamptz(3),
    revoked_at   timestamptz(3),
    last_used_at timestamptz(3),
    created_at   timestamptz(3) not null default now(),
    updated_at   timestamptz(3) not null default now()
);
create index api_key_user on api_key (user_id);
create index api_key_revoked on api_key (revoked_at) where revoked_at is not null;

-- Without all_accounts a key reaches only these accounts; a deleted account is removed from the list.
create table api_key_account (
    key_id     bigint not null references api_key on delete cascade,
    account_id bigint not null references channels_account on delete cascade,
    primary key (key_id, account_id)
);
create index api_key_account_account on api_key_account (account_id);

create table audit_log (
    id          bigint generated always as identity primary key,
    at          timestamptz(3) not null default clock_timestamp(),
    action      text not null check (length(action) between 1 and 100),
    actor_id    bigint, -- no reference: the line stays when the user is deleted
    actor       text not null, -- their name at that time
    key_id      bigint,
    target_kind text,
    target_id   text,
    details     jsonb not null default '{}',
    address     text
);
create index audit_log_recent on audit_log (at desc, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log only grows' using errcode = 'restrict_violation';
end $$;
create trigger audit_log_grows before update or delete or truncate on audit_log
    for each statement execute function refuse_change();

-- The team always has an owner. Two who demote each other at the same time are serialised.
create function keep_an_owner() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('confab: the owners', 0));
    if not exists (select from users where role = 'owner' and is_active and id <> old.id) then
        raise exception 'the last owner stays' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger users_keep_an_owner before update of role, is_active on users for each row
    when (old.role = 'owner' and old.is_active and (new.role <> 'owner' or not new.is_active))
    execute function keep_an_owner();

-- An account always has its payer as a member.
create function keep_the_payer() returns trigger language plpgsql as $$
begin
    if exists (select from channels_account where id = old.account_id and user_id = old.user_id) then
        raise exception 'the number stands in this person''s name' using errcode = 'restrict_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger channels_account_member_keep_delete before delete on channels_account_member for each row
    execute function keep_the_payer();
create trigger channels_account_member_keep_update before update of role on channels_account_member for each row
    when (old.role = 'owner' and new.role <> 'owner') execute function keep_the_payer();
