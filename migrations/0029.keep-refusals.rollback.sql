drop table channels_refusal;
