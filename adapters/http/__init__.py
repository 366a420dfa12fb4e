"""What every door that speaks HTTP needs: what a request passes first, who sends it, and how a refusal is worded."""
