"""Microsoft Teams: direct messages, group chats and channels. Mirrors `adapters.slack`, file for file."""
