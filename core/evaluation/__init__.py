"""How well questions are answered: a golden set is asked, and each answer held against its right rows."""
