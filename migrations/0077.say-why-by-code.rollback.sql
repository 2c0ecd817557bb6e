alter table contact_import_rejection drop column said;
