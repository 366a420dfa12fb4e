"""Who people are, across platforms, and the one question of what they may do."""
