"""What was done, by whom, from where: one way to write it down, sealed so that no change stays unseen."""
