alter table channels_chat drop column told_marks, drop column marked_at;
