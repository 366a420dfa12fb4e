"""What writes SQL: a model behind the `openai` client, or the built-in writer."""
