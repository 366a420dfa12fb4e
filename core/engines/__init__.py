"""The servers that can be asked: one file a server, each driver imported in its own file alone."""
