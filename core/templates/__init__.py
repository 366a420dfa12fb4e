"""Questions with placeholders whose SQL is known: answered at 0 tokens."""
