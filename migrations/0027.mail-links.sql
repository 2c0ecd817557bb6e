-- Links are also mailed, if there is a mail server. The row alone is useless: the token is derived from the nonce and
-- the server's secret.
alter table user_link
    add column nonce       bytea,          -- null: it cannot be mailed
    add column mail_due_at timestamptz(3), -- null: nothing to mail
    add column mail_tries  integer not null default 0,
    add column mailed_at   timestamptz(3),
    add check (mail_due_at is null or nonce is not null);
create index user_link_mail_due on user_link (mail_due_at) where mail_due_at is not null;
