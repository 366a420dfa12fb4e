"""Results and charts as files, shared by the doors."""
