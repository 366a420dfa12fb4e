"""The commands of `colloquery`, one file a group."""
