"""What a figure is: the tidy contract, code lists, periods, amounts, and what may be compared."""
