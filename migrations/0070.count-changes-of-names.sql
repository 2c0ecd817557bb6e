-- Chats and messages are shown with names that no account's seq counts: those of users, teams, API keys and rules. The
-- version of the names and the account's seq together tell whether a page has changed since it was read.
create table names_version (
    is_only boolean primary key default true check (is_only),
    version bigint not null
);

create function count_name_change() returns trigger language plpgsql as $$
begin
    insert into names_version as n (version) values (1) on conflict (is_only) do update set version = n.version + 1;
    return null;
end $$;

-- At the end of the transaction: two transactions that rename never wait for each other with other locks held.
create constraint trigger users_name_change after update of name on users
    deferrable initially deferred for each row when (old.name is distinct from new.name)
    execute function count_name_change();
create constraint trigger user_team_name_change after update of name on user_team
    deferrable initially deferred for each row when (old.name is distinct from new.name)
    execute function count_name_change();
create constraint trigger api_key_name_change after update of name on api_key
    deferrable initially deferred for each row when (old.name is distinct from new.name)
    execute function count_name_change();
create constraint trigger rule_name_change after update of name on rule
    deferrable initially deferred for each row when (old.name is distinct from new.name)
    execute function count_name_change();
create constraint trigger users_deletion after delete on users
    deferrable initially deferred for each row execute function count_name_change();
create constraint trigger user_team_deletion after delete on user_team
    deferrable initially deferred for each row execute function count_name_change();
create constraint trigger api_key_deletion after delete on api_key
    deferrable initially deferred for each row execute function count_name_change();
create constraint trigger rule_deletion after delete on rule
    deferrable initially deferred for each row execute function count_name_change();
