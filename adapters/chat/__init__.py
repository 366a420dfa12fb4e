"""What the chat doors share: words that are commands, texts within limits, looking up once, taking turns."""
