"""The gravity equation of trade, and the trade potential of a pair."""
