"""The one JSON door: `/api/v1`, for programs with a key, for people who signed in, and for the page. Start at `app`."""
