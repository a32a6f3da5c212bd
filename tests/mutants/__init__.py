"""Services with one fault each, drawn from faults that real services had, to see which suite finds them."""
