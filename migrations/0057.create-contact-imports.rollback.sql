drop trigger channels_contact_merge on channels_contact;
drop function require_main_contact();
alter table channels_contact drop column taken, drop column merged_into;
drop index channels_contact_username;
drop table contact_import_rejection;
drop table contact_import;

-- As 0056 made it.
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
