-- Restricted agents see a chat only while they own it: it is assigned to them, or to a team of theirs and to no user.
-- `sight_seq` is the account's seq when what they may see began to follow other rules; -1: never. Who has read up to it,
-- and no further, reads everything again.
alter table channels_account_member
    add column is_restricted boolean not null default false,
    add column sight_seq bigint not null default -1,
    add check (not is_restricted or role = 'agent');
create index channels_account_member_restricted on channels_account_member (account_id) where is_restricted;

-- From which restricted agents the last changes of its owner have hidden a chat, and since which seq: user -> seq.
alter table channels_chat add column hidden_from jsonb;
-- Who might know an erased chat; its chat's row is deleted (server/store/chats/sight.py).
alter table channels_gone add column audience text not null default '';

-- The rule of server/store/chats/sight.py, for one chat and one restricted agent.
create function owns_chat(agent bigint, assignee bigint, team bigint) returns boolean language sql stable as $$
    select coalesce(assignee = agent, exists (
        select from user_team_member t where t.team_id = team and t.user_id = agent))
$$;

create function note_hidden() returns trigger language plpgsql as $$
begin
    new.hidden_from := (
        select jsonb_object_agg(x.agent, x.seq) from (
            select y.agent, max(y.seq) as seq from (
                select k.key::bigint as agent, k.value::bigint as seq from jsonb_each_text(old.hidden_from) k
                union all
                select m.user_id, new.seq from channels_account_member m
                where m.account_id = new.account_id and m.is_restricted
                    and owns_chat(m.user_id, old.assignee_id, old.team_id)) y
            where not owns_chat(y.agent, new.assignee_id, new.team_id)
            group by y.agent) x);
    return new;
end $$;
create trigger channels_chat_hide before update of assignee_id, team_id on channels_chat for each row
    when (old.assignee_id is distinct from new.assignee_id or old.team_id is distinct from new.team_id)
    execute function note_hidden();

-- Only agents are restricted: another role ends it, whatever statement gives the role.
create function end_restriction() returns trigger language plpgsql as $$
begin
    new.is_restricted := false;
    return new;
end $$;
create trigger channels_account_member_end_restriction before update of role on channels_account_member for each row
    when (new.is_restricted and new.role <> 'agent')
    execute function end_restriction();

-- The accounts, in the order of their ids, take a seq that is pushed with the account's row and one that is not: a client
-- that got only the push is told apart from one that has read the rows since.
create function shift_sight(agents bigint[], only_account bigint) returns void language sql as $$
    with own as materialized (
        select a.id from channels_account a
        where a.id in (
            select m.account_id from channels_account_member m
            where m.user_id = any(agents)
                and case when only_account is null then m.is_restricted else m.account_id = only_account end)
        order by a.id for no key update
    ), seqs as (
        update channels_account a set seq = a.seq + 2, changed_seq = a.seq + 1, updated_at = now()
        from own where a.id = own.id returning a.id, a.seq
    )
    update channels_account_member m set sight_seq = seqs.seq - 1
    from seqs where m.account_id = seqs.id and m.user_id = any(agents)
        and case when only_account is null then m.is_restricted else m.account_id = only_account end
$$;

create function note_restriction() returns trigger language plpgsql as $$
begin
    perform shift_sight(array[new.user_id], new.account_id);
    return null;
end $$;
create trigger channels_account_member_restrict after update of is_restricted, role on channels_account_member
    for each row when (old.is_restricted <> new.is_restricted)
    execute function note_restriction();
create trigger channels_account_member_begin_restricted after insert on channels_account_member
    for each row when (new.is_restricted)
    execute function note_restriction();

create function note_team_change() returns trigger language plpgsql as $$
begin
    perform shift_sight((select array_agg(distinct t.user_id) from changed t), null);
    return null;
end $$;
create trigger user_team_member_joined after insert on user_team_member referencing new table as changed
    for each statement execute function note_team_change();
create trigger user_team_member_left after delete on user_team_member referencing old table as changed
    for each statement execute function note_team_change();
-- As for members: every process hears of it.
create trigger user_team_member_stamp after insert or delete on user_team_member
    for each row execute function stamp_accounts_changed();
