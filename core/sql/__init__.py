"""SQL as a tree: the guard that lets only reading through, the row limit, the names."""
