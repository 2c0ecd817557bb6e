-- Imports of contacts from tables: uploaded, checked, then stored by a worker, batch by batch. `position` moves in the
-- transaction that stores a batch, so that the worker that continues stores no row twice and skips none.
create table contact_import (
    id            bigint generated always as identity primary key,
    account_id    bigint not null references channels_account on delete cascade,
    user_id       bigint references users on delete set null,
    file_name     text not null check (length(file_name) between 1 and 255),
    sha256        text references channels_media_blob, -- null once the file is no longer needed
    size          bigint not null check (size > 0),
    columns       text[] not null,
    sample        jsonb not null,                      -- the first rows, to choose the targets by
    targets       text[] not null,                     -- by column; '': the column is left out
    mode          text not null default 'both' check (mode in ('add', 'update', 'both')),
    label_id      bigint references label on delete set null,
    state         text not null default 'uploaded'
                  check (state in ('uploaded', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled')),
    rows          integer not null check (rows > 0),
    position      integer not null default 0,
    added         integer not null default 0 check (added >= 0),
    updated       integer not null default 0 check (updated >= 0),
    unchanged     integer not null default 0 check (unchanged >= 0),
    rejected      integer not null default 0 check (rejected >= 0),
    claimed_until timestamptz not null default '-infinity',
    expires_at    timestamptz(3) not null,
    created_at    timestamptz(3) not null default now(),
    updated_at    timestamptz(3) not null default now(),
    check (position between 0 and rows),
    check (added + updated + unchanged + rejected = position),
    check (cardinality(columns) = cardinality(targets)),
    check (state not in ('uploaded', 'checking', 'checked', 'running') or sha256 is not null)
);
create unique index contact_import_running on contact_import (account_id) where state in ('checking', 'running');
create index contact_import_account on contact_import (account_id, id);
create index contact_import_due on contact_import (id) where state in ('checking', 'running');
create index contact_import_expiry on contact_import (expires_at);
create index contact_import_blob on contact_import (sha256) where sha256 is not null;

create table contact_import_rejection (
    import_id bigint not null references contact_import on delete cascade,
    row       integer not null check (row > 0), -- as spreadsheets count
    reason    text not null,
    cells     text[] not null,
    primary key (import_id, row)
);

create index channels_contact_username on channels_contact (account_id, lower(username)) where username is not null;

-- A contact that was merged by hand into another: the same person with two identities. Its row, ids and chats stay, so
-- that the merge can be undone. `taken` is what the main contact got from it.
alter table channels_contact add column merged_into bigint,
    add column taken jsonb,
    add constraint channels_contact_merged_fkey foreign key (merged_into) references channels_contact on delete set null,
    add check (merged_into <> id);
create index channels_contact_merged on channels_contact (merged_into) where merged_into is not null;

-- Merges have one level.
create function require_main_contact() returns trigger language plpgsql as $$
begin
    if exists (select from channels_contact k where k.id = new.merged_into
                   and (k.merged_into is not null or k.account_id <> new.account_id))
        or exists (select from channels_contact k where k.merged_into = new.id) then
        raise exception 'contact % cannot be merged into %', new.id, new.merged_into using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger channels_contact_merge before update of merged_into on channels_contact
    for each row when (new.merged_into is not null) execute function require_main_contact();

-- As in 0056, with merges by hand.
create or replace function link_contacts(told jsonb) returns bigint[] language plpgsql as $$
declare
    pair record;
    merged bigint[] := '{}';
begin
    loop
        select min(a.contact_id) as kept, max(a.contact_id) as gone into pair
        from jsonb_to_recordset(told) as p (n integer, account_id bigint, ids text[]), unnest(p.ids) id
        join channels_contact_alias a on a.alias = id
        where a.account_id = p.account_id
        group by p.n having min(a.contact_id) <> max(a.contact_id) order by p.n limit 1;
        exit when not found;
        update channels_contact_alias set contact_id = pair.kept where contact_id = pair.gone;
        insert into channels_contact_value (account_id, contact_id, field_id, value)
        select v.account_id, pair.kept, v.field_id, v.value from channels_contact_value v where v.contact_id = pair.gone
        on conflict do nothing;
        insert into channels_contact_label (account_id, contact_id, label_id, added_at)
        select x.account_id, pair.kept, x.label_id, x.added_at from channels_contact_label x
        where x.contact_id = pair.gone on conflict do nothing;
        -- Who was merged by hand into one of them is now of the row that stays; it stays a main row, or becomes one.
        update channels_contact set merged_into = null, taken = null where id = pair.kept and merged_into = pair.gone;
        update channels_contact k set merged_into = g.merged_into, taken = g.taken from channels_contact g
        where k.id = pair.kept and g.id = pair.gone and k.merged_into is null and g.merged_into <> pair.kept
            and not exists (select from channels_contact c where c.merged_into in (pair.kept, pair.gone));
        update channels_contact set merged_into = coalesce(
            (select k.merged_into from channels_contact k where k.id = pair.kept), pair.kept)
        where merged_into = pair.gone and id <> pair.kept;
        with gone as (delete from channels_contact where id = pair.gone returning *)
        update channels_contact k set
            own_name = coalesce(k.own_name, gone.own_name),
            whatsapp_name = case when k.whatsapp_name is null
                    or (gone.named_at, gone.whatsapp_name collate "C") > (k.named_at, k.whatsapp_name collate "C")
                then coalesce(gone.whatsapp_name, k.whatsapp_name) else k.whatsapp_name end,
            named_at = greatest(k.named_at, gone.named_at),
            username = case when k.username is null
                    or (gone.usernamed_at, gone.username collate "C") > (k.usernamed_at, k.username collate "C")
                then coalesce(gone.username, k.username) else k.username end,
            usernamed_at = greatest(k.usernamed_at, gone.usernamed_at),
            phone = case when k.phone is null or (gone.phoned_at, gone.phone) > (k.phoned_at, k.phone)
                then coalesce(gone.phone, k.phone) else k.phone end,
            phoned_at = greatest(k.phoned_at, gone.phoned_at),
            external_id = coalesce(k.external_id, gone.external_id),
            avatar = coalesce(k.avatar, gone.avatar),
            avatar_tag = case when k.avatar is null then gone.avatar_tag else k.avatar_tag end,
            avatar_due_at = least(k.avatar_due_at, gone.avatar_due_at)
        from gone where k.id = pair.kept;
        merged := array_remove(merged, pair.gone) || pair.kept;
    end loop;

    with fresh as (
        insert into channels_contact (account_id, provider_id, external_id, whatsapp_name, named_at, phone, phoned_at,
            username, usernamed_at)
        select p.account_id, p.provider_id, p.external_id, p.name, p.named_at, p.phone, p.phoned_at,
            p.username, coalesce(p.usernamed_at, '-infinity')
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], provider_id text, external_id text,
            name text, named_at timestamptz, phone text, phoned_at timestamptz, username text, usernamed_at timestamptz)
        where not exists (select from channels_contact_alias a
                          where a.account_id = p.account_id and a.alias = any(p.ids))
        returning id, account_id, provider_id
    )
    insert into channels_contact_alias (account_id, alias, contact_id)
    select account_id, provider_id, id from fresh;

    insert into channels_contact_alias (account_id, alias, contact_id)
    select p.account_id, id, known.contact_id
    from jsonb_to_recordset(told) as p (account_id bigint, ids text[])
    cross join lateral (select a.contact_id from channels_contact_alias a
                        where a.account_id = p.account_id and a.alias = any(p.ids) limit 1) known,
    unnest(p.ids) id
    on conflict (account_id, alias) do nothing;

    -- Called by the opaque id where one is known, else by the phone; of two, by the first in code points.
    update channels_contact k set provider_id = best.alias
    from (select distinct on (a.contact_id) a.contact_id, a.alias
          from channels_contact_alias a
          where a.alias not like '#%' and a.contact_id in (
              select known.contact_id from jsonb_to_recordset(told) as p (account_id bigint, ids text[]), unnest(p.ids) id
              join channels_contact_alias known on known.alias = id where known.account_id = p.account_id)
          order by a.contact_id, array_position(array['lid', 's.whatsapp.net'], split_part(a.alias, '@', 2)) nulls last,
              a.alias collate "C") best
    where k.id = best.contact_id and k.provider_id <> best.alias;
    return merged;
end $$;
