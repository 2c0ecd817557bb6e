-- Macros: the actions of rules, run by hand. For all users, or for those of some teams; deleted ones are gone, as what they
-- did is the user's.
create table macro (
    id         bigint generated always as identity primary key,
    name       text not null check (length(name) between 1 and 60),
    is_for_all boolean not null,
    actions    jsonb not null
        check (jsonb_typeof(actions) = 'array' and jsonb_array_length(actions) between 1 and 10),
    created_by bigint references users on delete set null,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
);
create table macro_team (
    macro_id bigint not null references macro on delete cascade,
    team_id  bigint not null references user_team on delete cascade,
    primary key (macro_id, team_id)
);
create index macro_team_team on macro_team (team_id);
