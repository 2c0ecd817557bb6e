-- When UniPile accepted an outgoing message and when it was delivered and read, by the time Confab learned it; and what
-- an edited message said before: [{"text", "until"}], oldest first.
alter table channels_message
    add column accepted_at timestamptz(3),
    add column delivered_at timestamptz(3),
    add column read_at timestamptz(3),
    add column earlier_texts jsonb not null default '[]';
