"""Alembic's revisions of the store."""
