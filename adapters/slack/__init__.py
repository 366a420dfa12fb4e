"""The door of Slack: it speaks the platform and knows no SQL."""
