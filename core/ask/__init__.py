"""The main road: one question, step by step. Read `pipeline` first."""
