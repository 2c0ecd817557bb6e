-- What a team records about contacts: fields that it defines, labels, and names of its own beside WhatsApp's.
create table contact_field (
    id         bigint generated always as identity primary key,
    name       text not null check (length(name) between 1 and 60),
    kind       text not null check (
        kind in ('text', 'number', 'date', 'yes_no', 'list', 'multi_list', 'link', 'email', 'phone')),
    options    text[] not null default '{}', -- what a list offers; a value that is no longer offered stays
    created_by bigint references users on delete set null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    deleted_at timestamptz(3),               -- its values are removed step by step
    check ((kind in ('list', 'multi_list')) = (cardinality(options) > 0) and cardinality(options) <= 200)
);
create unique index contact_field_name on contact_field (lower(name)) where deleted_at is null;

-- An absent row is an empty field.
create table channels_contact_value (
    account_id bigint not null,
    contact_id bigint not null,
    field_id   bigint not null references contact_field,
    value      jsonb not null check (value not in ('null', '""', '[]')), -- of the field's kind
    primary key (contact_id, field_id),
    foreign key (account_id, contact_id) references channels_contact (account_id, id) on delete cascade
);
create index channels_contact_value_field on channels_contact_value (field_id, contact_id);
create index channels_contact_value_account on channels_contact_value (account_id);

-- Shared labels only.
create table channels_contact_label (
    account_id bigint not null,
    contact_id bigint not null,
    label_id   bigint not null references label on delete cascade,
    added_at   timestamptz(3) not null default now(),
    primary key (contact_id, label_id),
    foreign key (account_id, contact_id) references channels_contact (account_id, id) on delete cascade
);
create index channels_contact_label_label on channels_contact_label (label_id, account_id, contact_id);

-- `name` is what is shown: ours, else WhatsApp's. So whatever reads a name shows ours.
drop trigger channels_contact_forget_folded on channels_contact;
drop index channels_contact_unfolded;
alter table channels_contact rename column name to whatsapp_name;
alter table channels_contact
    add column own_name     text check (length(own_name) between 1 and 200),
    add column username     text check (length(username) between 1 and 100), -- at WhatsApp
    add column usernamed_at timestamptz(3) not null default '-infinity',
    add column name         text generated always as (coalesce(own_name, whatsapp_name)) stored;
create trigger channels_contact_forget_folded before update of whatsapp_name, own_name on channels_contact
    for each row when (coalesce(old.own_name, old.whatsapp_name)
        is distinct from coalesce(new.own_name, new.whatsapp_name))
    execute function forget_folded();
create index channels_contact_unfolded on channels_contact (account_id) where folded is null and name is not null;
-- The order of the list of contacts: by folded name, without a name last.
create index channels_contact_by_name on channels_contact
    (account_id, (left(coalesce(folded, U&'\+10FFFF'), 40) collate "C"), id);

-- As in 0031, with names of ours, usernames, values and labels: of two values of a field the older row's stays.
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

-- As in 0016, with usernames.
create or replace function keep_contacts(told jsonb) returns void language plpgsql as $$
declare
    changed bigint[] := '{}';
begin
    if exists (
        select from jsonb_to_recordset(told) as p (n integer, account_id bigint, ids text[])
        cross join unnest(p.ids) id
        left join channels_contact_alias a on a.account_id = p.account_id and a.alias = id
        group by p.n having count(*) > count(a.contact_id) or min(a.contact_id) <> max(a.contact_id)
    ) then
        changed := link_contacts(told);
    end if;

    with person as (
        select a.contact_id,
            (array_agg(p.name order by p.named_at desc, p.name collate "C" desc)
                filter (where p.name is not null))[1] as name,
            max(p.named_at) as named_at,
            (array_agg(p.phone order by p.phoned_at desc, p.phone desc) filter (where p.phone is not null))[1] as phone,
            max(p.phoned_at) as phoned_at,
            (array_agg(p.username order by p.usernamed_at desc, p.username collate "C" desc)
                filter (where p.username is not null))[1] as username,
            max(p.usernamed_at) as usernamed_at, max(p.external_id) as external_id
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], external_id text, name text,
            named_at timestamptz, phone text, phoned_at timestamptz, username text, usernamed_at timestamptz)
        join channels_contact_alias a on a.account_id = p.account_id and a.alias = p.ids[1]
        group by a.contact_id
    ), newer as (
        select p.*, b.whatsapp_name as old_name, b.phone as old_phone, b.username as old_username,
            p.name is not null and (b.whatsapp_name is null
                or (p.named_at, p.name collate "C") > (b.named_at, b.whatsapp_name collate "C")) as is_named,
            p.username is not null and (b.username is null
                or (p.usernamed_at, p.username collate "C") > (b.usernamed_at, b.username collate "C")) as is_usernamed,
            p.phone is not null and (b.phone is null or (p.phoned_at, p.phone) > (b.phoned_at, b.phone)) as is_phoned,
            p.external_id is not null and b.external_id is null as is_found
        from person p join channels_contact b on b.id = p.contact_id
    ), written as (
        update channels_contact k set
            whatsapp_name = case when n.is_named then n.name else k.whatsapp_name end,
            named_at = case when n.is_named then n.named_at else k.named_at end,
            phone = case when n.is_phoned then n.phone else k.phone end,
            phoned_at = case when n.is_phoned then n.phoned_at else k.phoned_at end,
            username = case when n.is_usernamed then n.username else k.username end,
            usernamed_at = case when n.is_usernamed then n.usernamed_at else k.usernamed_at end,
            external_id = coalesce(k.external_id, n.external_id),
            updated_at = now()
        from newer n
        where k.id = n.contact_id and (n.is_named or n.is_phoned or n.is_usernamed or n.is_found)
        returning k.id, (k.whatsapp_name, k.phone, k.username)
            is distinct from (n.old_name, n.old_phone, n.old_username) as is_other
    )
    select changed || coalesce(array_agg(id), '{}') into changed from written where is_other and id <> all (changed);
    if changed <> '{}' then
        perform number_contacts(changed);
    end if;
end $$;
