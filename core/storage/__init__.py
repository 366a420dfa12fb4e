"""The ground floor: the store's models, sessions, encryption and inbox."""
