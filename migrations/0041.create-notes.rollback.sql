drop table channels_note_mention;
drop table channels_note;
