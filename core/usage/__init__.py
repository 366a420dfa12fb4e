"""Tokens, their price and their quotas."""
