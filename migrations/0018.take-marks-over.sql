-- Marks that were set on the phone: what UniPile last said of them, and when somebody last chose here.
alter table channels_chat
    add column told_marks jsonb,
    add column marked_at  timestamptz(3) not null default '-infinity';
