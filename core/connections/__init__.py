"""The databases people may ask: kept with their password encrypted, chosen by default or by name."""
