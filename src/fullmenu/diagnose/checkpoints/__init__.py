"""What a checkpoint could do and a later one cannot: forgetting, item by item or from a matrix."""
