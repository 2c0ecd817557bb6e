alter table channels_message
    drop column accepted_at, drop column delivered_at, drop column read_at, drop column earlier_texts;
