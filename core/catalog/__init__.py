"""What is known of each asked database: read, kept, noticed when it changes."""
