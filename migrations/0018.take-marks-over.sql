-- Flags set on the phone: what UniPile last reported, and when a user last set one here.
alter table channels_chat
    add column told_marks jsonb,
    add column marked_at  timestamptz(3) not null default '-infinity';
