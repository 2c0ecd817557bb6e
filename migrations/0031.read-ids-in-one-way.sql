-- One normal form of WhatsApp addresses, and the correction of rows in other forms.
--
-- The UniPile adapter normalises addresses (no agent, no device, lower case, s.whatsapp.net for c.us), so that the
-- functions here need to know no other form.

-- +digits of an address that is a phone number; null for LIDs, groups and others.
create function jid_phone(text) returns text language sql immutable parallel safe
    return '+' || substring($1 from '^([1-9][0-9]{4,14})@s\.whatsapp\.net$');

-- The kind of chat of an address; null if the address does not determine it, as a person's does not.
create function jid_kind(text) returns text language sql immutable parallel safe
    return case substring($1 from '@([^@]*)$') when 'g.us' then 'group' when 'newsletter' then 'channel' end;

-- The contacts that a text mentions: `@` and the digits of one of their ids.
create function mentioned(bigint, text) returns table (digits text, alias text, name text, phone text)
    language sql stable parallel safe rows 1 as $$
    select told.digits, a.alias, k.name, k.phone
    from (select distinct m[1] as digits
          from regexp_matches($2, '(?<![[:alnum:]])@([0-9]{5,20})(?![0-9])', 'g') m limit 50) told
    cross join lateral (select t.* from channels_contact_alias t
                        where t.account_id = $1 and t.alias in (told.digits || '@lid', told.digits || '@s.whatsapp.net')
                        order by t.alias limit 1) a
    join channels_contact k on k.id = a.contact_id
$$;

-- The mentions of a text, as the message shows them. In PL/pgSQL, so that a list of messages, few of which have
-- mentions, does not set up this query for each of them: 0.25 ms of 1.6 for a page of fifty.
create function list_mentions(bigint, text) returns json language plpgsql stable parallel safe as $$
begin
    return (select coalesce(json_agg(json_build_object('provider_id', m.alias, 'name', m.name, 'phone', m.phone)), '[]')
            from mentioned($1, $2) m);
end $$;

-- A text with the names of the contacts it mentions.
create function name_mentions(bigint, text) returns text language plpgsql stable parallel safe as $$
declare
    shown text := $2;
    who record;
begin
    for who in select m.digits, coalesce(m.name, m.phone) as name from mentioned($1, $2) m
               where coalesce(m.name, m.phone) is not null loop
        shown := regexp_replace(shown, '(?<![[:alnum:]])@' || who.digits || '(?![0-9])',
                                '@' || replace(who.name, '\', '\\'), 'g');
    end loop;
    return shown;
end $$;

-- Channels have no unread count. A trigger enforces it, whatever counts.
create function leave_channel_read() returns trigger language plpgsql as $$
begin
    new.unread_count := 0;
    return new;
end $$;
create trigger leave_channel_read before insert or update of kind, unread_count on channels_chat
    for each row when (new.kind = 'channel' and new.unread_count > 0) execute function leave_channel_read();

-- As in 0016, except for a contact's provider_id: only a LID is preferred to a phone address, no other opaque id.
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
        with gone as (delete from channels_contact where id = pair.gone returning *)
        update channels_contact k set
            name = case when k.name is null or (gone.named_at, gone.name collate "C") > (k.named_at, k.name collate "C")
                then coalesce(gone.name, k.name) else k.name end,
            named_at = greatest(k.named_at, gone.named_at),
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
        insert into channels_contact (account_id, provider_id, external_id, name, named_at, phone, phoned_at)
        select p.account_id, p.provider_id, p.external_id, p.name, p.named_at, p.phone, p.phoned_at
        from jsonb_to_recordset(told) as p (account_id bigint, ids text[], provider_id text, external_id text,
            name text, named_at timestamptz, phone text, phoned_at timestamptz)
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
